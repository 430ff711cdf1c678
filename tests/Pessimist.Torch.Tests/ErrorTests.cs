namespace Pessimist.Torch.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void An_error_names_the_operator_the_shapes_and_the_dtypes()
    {
        using var scope = Scope.New();
        var error = Should.Throw<TorchException>(() => Tensor.Zeros([2, 3]).Mm(Tensor.Zeros([2, 3], DType.Float64)));
        error.Operator.ShouldBe("aten::mm");
        error.Message.ShouldStartWith("aten::mm failed: ");
        error.Message.ShouldEndWith("(arguments: float32[2, 3], float64[2, 3])");
    }

    [Fact]
    public void An_unknown_operator_is_named()
    {
        Should.Throw<TorchException>(() => Dispatcher.Call("aten::no_such", "")).Message.ShouldContain("aten::no_such");
        Should.Throw<TorchException>(() => Dispatcher.Call("aten::add", "NoSuch")).Message.ShouldContain("aten::add.NoSuch");
        Should.Throw<TorchException>(() => Dispatcher.Call("", ""));
    }

    [Fact]
    public void An_argument_of_the_wrong_type_is_named_with_the_schema()
    {
        using var x = Tensor.Zeros([1]);
        var add = Dispatcher.Find("aten::add", "Tensor");
        Should.Throw<TorchException>(() => add.Call(x, 1)).Message.ShouldContain("argument 1 ('other') is of type Tensor, and a int was given: aten::add.Tensor(");
        Should.Throw<TorchException>(() => add.Call(x)).Message.ShouldContain("argument 1 ('other') is missing");
        Should.Throw<TorchException>(() => add.Call(x, x, 1, 1)).Message.ShouldContain("takes at most 3 arguments, not 4");
        Should.Throw<TorchException>(() => add.Call(Value.None, x)).Message.ShouldContain("argument 0 ('self')");
        Should.Throw<TorchException>(() => add.CallList(x, x));
        Should.Throw<TorchException>(() => add.Call2(x, x)).Message.ShouldContain("returns 1 values where 2 were expected");
        Should.Throw<TorchException>(() => Dispatcher.Find("aten::sort").Call(x)).Message.ShouldContain("returns 2 values");
        Should.Throw<TorchException>(() => add.Call(new Value[1000]));
    }

    [Fact]
    public void A_dtype_that_does_not_exist_is_refused_before_it_is_used()
    {
        Should.Throw<TorchException>(() => Tensor.Zeros([1], (DType)(-1)));
        Should.Throw<TorchException>(() => Tensor.Zeros([1], (DType)1000));
    }

    [Fact]
    public void A_size_that_no_memory_holds_is_refused()
    {
        Should.Throw<TorchException>(() => Tensor.Zeros([1L << 50]));
        Should.Throw<TorchException>(() => Tensor.Zeros([1L << 40, 1L << 40]));
        Should.Throw<TorchException>(() => Tensor.Zeros([-1]));
    }

    [Fact]
    public void A_span_of_the_wrong_kind_says_what_to_do()
    {
        using var scope = Scope.New();
        var x = Tensor.Zeros([2, 3]);
        Should.Throw<TorchException>(() => x.AsSpan<double>().Length).Message.ShouldContain("To(DType.Float64)");
        Should.Throw<TorchException>(() => x.T().AsSpan<float>().Length).Message.ShouldContain("Contiguous()");
        Should.Throw<TorchException>(() => x.ToArray<long>()).Message.ShouldContain("float32[2, 3]");
        Should.Throw<TorchException>(() => x.Item<float>()).Message.ShouldContain("6");
        Should.Throw<TorchException>(() => x.AsSpan<char>().Length).Message.ShouldContain("Char");
    }

    [Fact]
    public void A_shape_that_does_not_fit_the_values_is_refused()
    {
        Should.Throw<TorchException>(() => Tensor.From([1f, 2], 3)).Message.ShouldBe("shape [3] holds 3 elements, and 2 were given");
        Should.Throw<TorchException>(() => Tensor.Wrap([1f, 2], -1, -2));
        Should.Throw<TorchException>(() => Tensor.Wrap([1f, 2], long.MaxValue, long.MaxValue));
        Should.Throw<TorchException>(() => Tensor.From([1f, 2], 1L << 32, 1L << 32));
    }

    [Fact]
    public void A_result_of_another_kind_is_not_mistaken()
    {
        Value value = 3L;
        value.AsInt().ShouldBe(3);
        value.AsDouble().ShouldBe(3);
        Should.Throw<TorchException>(() => value.AsTensor()).Message.ShouldBe("the value is not a tensor but 3");
        Should.Throw<TorchException>(() => value.AsBool());
    }
}
