namespace Pessimist.Torch.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Computes_what_a_hand_would()
    {
        using var scope = Scope.New();
        var x = Tensor.From([1f, 2, 3, 4], 2, 2);
        var y = Tensor.From([10f, 20, 30, 40], 2, 2);
        (x + y).ToArray<float>().ShouldBe([11, 22, 33, 44]);
        (y - x).ToArray<float>().ShouldBe([9, 18, 27, 36]);
        (1 - x).ToArray<float>().ShouldBe([0, -1, -2, -3]);
        (x * 2).ToArray<float>().ShouldBe([2, 4, 6, 8]);
        (y / x).ToArray<float>().ShouldBe([10, 10, 10, 10]);
        (12 / x).ToArray<float>().ShouldBe([12, 6, 4, 3]);
        (-x).ToArray<float>().ShouldBe([-1, -2, -3, -4]);
        x.MatMul(y).ToArray<float>().ShouldBe([70, 100, 150, 220]);
        x.Gt(2).ToArray<bool>().ShouldBe([false, false, true, true]);
        x.Sum(0).ToArray<float>().ShouldBe([4, 6]);
        x.Mean().Item<double>().ShouldBe(2.5);
        x.Var().Item<double>().ShouldBe(5.0 / 3, 1e-6);
        x.T().Contiguous().AsSpan<float>().ToArray().ShouldBe([1, 3, 2, 4]);
        var (values, indices) = x.Max(1);
        values.ToArray<float>().ShouldBe([2, 4]);
        indices.ToArray<long>().ShouldBe([1, 1]);
        x[1].ToArray<float>().ShouldBe([3, 4]);
        x[1, 0].Item<int>().ShouldBe(3);
        x[..1].Shape.ShouldBe([1, 2]);
        x[^1..].ToArray<float>().ShouldBe([3, 4]);
        Tensor.Cat([x, y], 1).Shape.ShouldBe([2, 4]);
        x.Split(1).Select(t => t.ToArray<float>()).ShouldBe([[1, 2], [3, 4]]);
        Tensor.Where(x.Gt(2), x, y).ToArray<float>().ShouldBe([10, 20, 3, 4]);
        x.Index(null, Tensor.From([1L])).ToArray<float>().ShouldBe([2, 4]);
    }

    [Fact]
    public void Functions_compute_what_a_hand_would()
    {
        using var scope = Scope.New();
        var x = Tensor.From([-1f, 0, 2], 1, 3);
        Functional.Relu(x).ToArray<float>().ShouldBe([0, 0, 2]);
        Functional.LeakyRelu(x, 0.1).ToArray<float>().ShouldBe([-0.1f, 0, 2]);
        Functional.Softmax(x).Sum().Item<double>().ShouldBe(1, 1e-6);
        Functional.CrossEntropy(Tensor.Zeros([4, 10]), Tensor.From([0L, 1, 2, 3])).Item<double>().ShouldBe(Math.Log(10), 1e-6);
        Functional.MseLoss(x, x + 2).Item<double>().ShouldBe(4);
        Functional.MaxPool2d(Tensor.Arange(16, DType.Float32).Reshape(1, 1, 4, 4), 2).ToArray<float>().ShouldBe([5, 7, 13, 15]);
        Functional.Conv2d(Tensor.Ones([1, 1, 3, 3]), Tensor.Ones([1, 1, 2, 2]), Tensor.Ones([1])).ToArray<float>().ShouldBe([5, 5, 5, 5]);
        Functional.Linear(x, Tensor.Ones([2, 3]), Tensor.From([0f, 1])).ToArray<float>().ShouldBe([1, 2]);
        Functional.AdaptiveAvgPool2d(Tensor.Ones([1, 1, 4, 4]), 1, 1).Item<double>().ShouldBe(1);
    }

    public static TheoryData<DType> AllDTypes => [.. Enum.GetValues<DType>()];

    [Theory]
    [MemberData(nameof(AllDTypes))]
    public void Every_dtype_converts_there_and_back(DType dtype)
    {
        using var scope = Scope.New();
        var x = Tensor.From([0f, 1, 1, 0]);
        var converted = x.To(dtype);
        converted.DType.ShouldBe(dtype);
        converted.To(DType.Float32).ToArray<float>().ShouldBe([0, 1, 1, 0]);
        converted[1].Item<int>().ShouldBe(1);
        converted.ToString().ShouldStartWith($"{dtype.Name()}[4] cpu: 0 1 1 0");
    }

    [Fact]
    public void Values_of_every_type_go_in_and_out()
    {
        using var scope = Scope.New();
        RoundTrip<float>([1.5f, -2]);
        RoundTrip<double>([1.5, -2]);
        RoundTrip<long>([long.MaxValue, -2]);
        RoundTrip<int>([int.MinValue, 2]);
        RoundTrip<short>([short.MinValue, 2]);
        RoundTrip<sbyte>([-128, 2]);
        RoundTrip<byte>([255, 2]);
        RoundTrip<bool>([true, false]);
        RoundTrip<Half>([(Half)1.5, (Half)(-2)]);
        RoundTrip<BFloat16>([(BFloat16)1.5f, (BFloat16)(-2)]);

        static void RoundTrip<T>(T[] values)
            where T : unmanaged => Tensor.From(values).ToArray<T>().ShouldBe(values);
    }

    [Theory]
    [InlineData(1.00390625f)] // halfway between two bfloat16s: to even
    [InlineData(1.01171875f)]
    [InlineData(3.1415927f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e-40f)]
    [InlineData(3.4e38f)]
    public void BFloat16_rounds_as_libtorch_does(float value)
    {
        using var scope = Scope.New();
        Tensor.From([value]).To(DType.BFloat16).AsSpan<BFloat16>()[0].ShouldBe((BFloat16)value);
    }

    [Fact]
    public void A_span_is_the_memory_itself()
    {
        using var x = Tensor.Zeros([4]);
        x.AsSpan<float>()[2] = 7;
        x.ToArray<float>().ShouldBe([0, 0, 7, 0]);
        x.AddInPlace(1);
        x.AsSpan<float>()[2].ShouldBe(8);
    }

    [Fact]
    public void A_wrapped_array_is_the_memory_itself()
    {
        var array = new[] { 1f, 2, 3, 4 };
        using (var x = Tensor.Wrap(array, 2, 2))
        {
            array[0] = 10;
            x[0, 0].Item<float>().ShouldBe(10);
            x.MulInPlace(2);
        }
        array.ShouldBe([20, 4, 6, 8]);
    }

    [Fact]
    public void A_wrapped_array_outlives_its_last_managed_reference()
    {
        using var view = MakeView();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        view.Sum().Item<double>().ShouldBe(1000);

        static Tensor MakeView()
        {
            using var whole = Tensor.Wrap(Enumerable.Repeat(1f, 2000).ToArray());
            return whole[1000..];
        }
    }

    [Fact]
    public void Empty_tensors_work()
    {
        using var scope = Scope.New();
        Tensor.From(Array.Empty<float>()).Numel.ShouldBe(0);
        Tensor.Wrap(Array.Empty<float>(), 0, 3).Shape.ShouldBe([0, 3]);
        Tensor.Zeros([0]).AsSpan<float>().Length.ShouldBe(0);
        Tensor.Zeros([0]).ToString().ShouldStartWith("float32[0] cpu");
        Tensor.Zeros([]).Shape.ShouldBe([]);
    }

    [Fact]
    public void Metadata_is_reported()
    {
        using var scope = Scope.New();
        var x = Tensor.Zeros([2, 3], DType.Float64).T();
        x.Shape.ShouldBe([3, 2]);
        x.Strides.ShouldBe([1, 3]);
        x.Rank.ShouldBe(2);
        x.Numel.ShouldBe(6);
        x.Size(-1).ShouldBe(2);
        x.DType.ShouldBe(DType.Float64);
        x.Device.ShouldBe(Device.Cpu);
        x.IsContiguous.ShouldBeFalse();
        x.IsLeaf.ShouldBeTrue();
        var version = x.Version;
        x.AddInPlace(1);
        x.Version.ShouldBe(version + 1);
    }

    [Fact]
    public void A_meta_tensor_has_a_shape_and_no_data()
    {
        using var scope = Scope.New();
        var x = Tensor.Zeros([1000, 1000], device: Device.Meta);
        x.MatMul(x).Shape.ShouldBe([1000, 1000]);
        Should.Throw<TorchException>(() => x.AsSpan<float>().Length);
        x.ToString().ShouldBe("float32[1000, 1000] meta");
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        using var scope = Scope.New();
        Rng.Seed(3);
        var first = Tensor.Randn([8]).ToArray<float>();
        var state = Rng.GetState();
        var second = Tensor.Rand([8]).ToArray<float>();
        Rng.SetState(state);
        Tensor.Rand([8]).ToArray<float>().ShouldBe(second);
        Rng.Seed(3);
        Tensor.Randn([8]).ToArray<float>().ShouldBe(first);
        Should.Throw<TorchException>(() => Rng.SetState([1, 2, 3])).Message.ShouldContain("random");
    }

    [Fact]
    public void Any_operator_can_be_called_by_name()
    {
        using var scope = Scope.New();
        var x = Tensor.From([3f, 1, 2]);
        var sorted = Dispatcher.Call("aten::sort", "", x, 0, true);
        sorted.Length.ShouldBe(2);
        sorted[0].AsTensor().ToArray<float>().ShouldBe([3, 2, 1]);
        Dispatcher.Find("aten::add", "Tensor").Schema.ShouldBe("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");
        Dispatcher.Call("aten::equal", "", x, x)[0].AsBool().ShouldBeTrue();
    }
}
