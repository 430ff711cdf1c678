namespace Pessimist.Torch.Tests;

public sealed class AutogradTests
{
    [Fact]
    public void Gradients_accumulate_on_leaves()
    {
        using var scope = Scope.New();
        var x = Tensor.From([1f, 2, 3]).RequireGrad();
        x.Grad.ShouldBeNull();
        (x * x).Sum().Backward();
        x.Grad!.ToArray<float>().ShouldBe([2, 4, 6]);
        (x * 1).Sum().Backward();
        x.Grad!.ToArray<float>().ShouldBe([3, 5, 7]);
        x.HasGrad.ShouldBeTrue();
        x.Grad = null;
        x.HasGrad.ShouldBeFalse();
    }

    [Fact]
    public void A_gradient_of_a_gradient_is_a_second_derivative()
    {
        using var scope = Scope.New();
        var x = Tensor.Scalar(2, DType.Float64).RequireGrad();
        var first = Autograd.Grad(x.Pow(3), x, createGraph: true);
        first.Item<double>().ShouldBe(12);
        var second = Autograd.Grad(first, x, createGraph: true);
        second.Item<double>().ShouldBe(12);
        Autograd.Grad(second, x).Item<double>().ShouldBe(6);
        x.HasGrad.ShouldBeFalse();
    }

    [Fact]
    public void A_second_pass_needs_a_retained_graph()
    {
        using var scope = Scope.New();
        var x = Tensor.Scalar(2).RequireGrad();
        var y = x.Exp();
        y.Backward(retainGraph: true);
        y.Backward();
        Should.Throw<TorchException>(() => y.Backward()).Message.ShouldContain("second time");
    }

    [Fact]
    public void Weights_of_the_outputs_are_applied()
    {
        using var scope = Scope.New();
        var x = Tensor.From([1f, 2]).RequireGrad();
        (x * 3).Backward(Tensor.From([1f, 10]));
        x.Grad!.ToArray<float>().ShouldBe([3, 30]);
    }

    [Fact]
    public void An_unused_input_is_null_only_when_allowed()
    {
        using var scope = Scope.New();
        var x = Tensor.Scalar(1).RequireGrad();
        var unused = Tensor.Scalar(1).RequireGrad();
        var y = x * 2;
        Should.Throw<TorchException>(() => Autograd.Grad([y], [x, unused], retainGraph: true));
        var grads = Autograd.Grad([y], [x, unused], allowUnused: true);
        grads[0].Item<double>().ShouldBe(2);
        grads[1].ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = Scope.New();
        var x = Tensor.Scalar(1).RequireGrad();
        Autograd.IsEnabled.ShouldBeTrue();
        using (Autograd.NoGrad())
        {
            (x * 2).RequiresGrad.ShouldBeFalse();
            using (Autograd.EnableGrad()) (x * 2).RequiresGrad.ShouldBeTrue();
            Autograd.IsEnabled.ShouldBeFalse();
        }
        using (Autograd.Inference())
        {
            Autograd.IsEnabled.ShouldBeFalse();
            (x * 2).Version.ShouldBe(-1);
        }
        Autograd.IsEnabled.ShouldBeTrue();
        (x * 2).RequiresGrad.ShouldBeTrue();
        (x * 2).Detach().RequiresGrad.ShouldBeFalse();
    }

    [Fact]
    public void A_gradient_of_another_shape_or_dtype_is_refused()
    {
        using var scope = Scope.New();
        var x = Tensor.Zeros([2, 3]).RequireGrad();
        Should.Throw<TorchException>(() => x.Grad = Tensor.Zeros([3])).Message.ShouldContain("float32[2, 3]");
        Should.Throw<TorchException>(() => x.Grad = Tensor.Zeros([2, 3], DType.Float64));
        x.Grad = Tensor.Ones([2, 3]);
        x.Grad!.Sum().Item<double>().ShouldBe(6);
    }
}
