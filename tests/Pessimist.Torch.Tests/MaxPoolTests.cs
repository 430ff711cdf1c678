namespace Pessimist.Torch.Tests;

/// <summary>The shim's max pooling against libtorch's.</summary>
public sealed class MaxPoolTests
{
    static readonly Operator Reference = new("aten::max_pool2d");

    public static TheoryData<long[], long, DType> Cases => new()
    {
        { [2, 3, 8, 8], 2, DType.Float32 },
        { [2, 3, 9, 7], 2, DType.Float32 }, // the last row and column belong to no window
        { [3, 28, 28], 2, DType.Float64 },
        { [1, 2, 9, 9], 3, DType.Float32 },
        { [4, 1, 5, 5], 5, DType.Float64 },
        { [2, 2, 4, 4], 1, DType.Float32 },
        { [40, 6, 28, 28], 2, DType.Float32 }, // enough for several threads
        { [2, 3, 8, 8], 2, DType.BFloat16 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_libtorchs(long[] shape, long kernel, DType dtype)
    {
        using var scope = Scope.New();
        Rng.Seed(4);
        // Few different values, so that ties are common.
        var x = Tensor.RandInt(-3, 3, shape, DType.Float32).To(dtype);
        Same(x, kernel);
        Same(x.MaskedFill(Tensor.Rand(shape).Lt(0.2), double.NaN), kernel);
        Same(x.MaskedFill(Tensor.Rand(shape).Lt(0.7), double.NegativeInfinity), kernel);
        Same(x.Transpose(-1, -2), kernel);
    }

    static void Same(Tensor input, long kernel)
    {
        var (mine, theirs) = (input.Detach().Clone().RequireGrad(), input.Detach().Clone().RequireGrad());
        var pooled = Functional.MaxPool2d(mine, kernel);
        var expected = Reference.Call(theirs, kernel, kernel);
        pooled.Shape.ShouldBe(expected.Shape);
        pooled.NanToNum(77).ContentEquals(expected.NanToNum(77)).ShouldBeTrue();
        var weights = Tensor.Rand(pooled.Shape).To(pooled.DType);
        pooled.Backward(weights);
        expected.Backward(weights);
        mine.Grad!.ContentEquals(theirs.Grad!).ShouldBeTrue();
    }

    [Fact]
    public void Second_derivatives_flow_through()
    {
        using var scope = Scope.New();
        var x = Tensor.Arange(16, DType.Float64).Reshape(1, 1, 4, 4).RequireGrad();
        var first = Autograd.Grad(Functional.MaxPool2d(x, 2).Pow(3).Sum(), x, createGraph: true);
        var second = Autograd.Grad(first.Sum(), x);
        second[0, 0, 1, 1].Item<double>().ShouldBe(6 * 5);
        second.Sum().Item<double>().ShouldBe(6 * (5 + 7 + 13 + 15));
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = Scope.New();
        var x = Tensor.Rand([1, 1, 4, 4]).RequireGrad();
        using (Autograd.NoGrad()) Functional.MaxPool2d(x, 2).RequiresGrad.ShouldBeFalse();
        using (Autograd.Inference()) Functional.MaxPool2d(x, 2).RequiresGrad.ShouldBeFalse();
        Functional.MaxPool2d(x, 2).RequiresGrad.ShouldBeTrue();
    }

    [Fact]
    public void A_window_larger_than_the_image_is_refused()
    {
        using var x = Tensor.Rand([1, 1, 4, 4]);
        Should.Throw<TorchException>(() => Functional.MaxPool2d(x, 5)).Message.ShouldContain("max_pool2d");
        Should.Throw<TorchException>(() => Functional.MaxPool2d(x, 0));
        Should.Throw<TorchException>(() => Functional.MaxPool2d(x, -2));
    }
}
