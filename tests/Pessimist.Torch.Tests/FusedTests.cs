namespace Pessimist.Torch.Tests;

/// <summary>Both paths of the shim (one loop over plain memory, and operator by operator) against the formulas.</summary>
public sealed class FusedTests
{
    const double Lr = 0.1;
    const double Decay = 0.02;

    public static TheoryData<DType, bool> Kinds => new() { { DType.Float32, true }, { DType.Float64, true }, { DType.Float64, false }, { DType.BFloat16, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Adam_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1, m = 0, v = 0;
        var (first, second) = (Buffer(dtype, contiguous), Buffer(dtype, contiguous));
        Follow(dtype, contiguous, (parameters, steps) => Fused.Adam(parameters, [first], [second], steps, Lr, weightDecay: Decay), (g, t) =>
        {
            g += Decay * p;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            return p -= Lr * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AdamW_decays_the_weights_and_not_the_gradient(DType dtype, bool contiguous)
    {
        double p = 1, m = 0, v = 0;
        var (first, second) = (Buffer(dtype, contiguous), Buffer(dtype, contiguous));
        Follow(dtype, contiguous, (parameters, steps) => Fused.Adam(parameters, [first], [second], steps, Lr, weightDecay: Decay, decoupled: true), (g, t) =>
        {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            p *= 1 - Lr * Decay;
            return p -= Lr * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sgd_with_momentum_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1, b = 0;
        var buffer = Buffer(dtype, contiguous).FillInPlace(99); // the first step must not read it
        Follow(dtype, contiguous, (parameters, steps) => Fused.Sgd(parameters, [buffer], steps, Lr, 0.9, 0.5, Decay), (g, t) =>
        {
            g += Decay * p;
            b = t == 1 ? g : 0.9 * b + 0.5 * g;
            return p -= Lr * b;
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sgd_with_Nesterov_momentum_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1, b = 0;
        var buffer = Buffer(dtype, contiguous);
        Follow(dtype, contiguous, (parameters, steps) => Fused.Sgd(parameters, [buffer], steps, Lr, 0.9, nesterov: true), (g, t) =>
        {
            b = 0.9 * b + g;
            return p -= Lr * (g + 0.9 * b);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Plain_Sgd_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1;
        Follow(dtype, contiguous, (parameters, steps) => Fused.Sgd(parameters, [], steps, Lr, weightDecay: Decay), (g, t) => p -= Lr * (g + Decay * p));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RmsProp_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1, q = 0;
        var squares = Buffer(dtype, contiguous);
        Follow(dtype, contiguous, (parameters, steps) => Fused.RmsProp(parameters, [squares], [], [], steps, Lr, weightDecay: Decay), (g, t) =>
        {
            g += Decay * p;
            q = 0.99 * q + 0.01 * g * g;
            return p -= Lr * g / (Math.Sqrt(q) + 1e-8);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Centered_RmsProp_with_momentum_follows_its_formula(DType dtype, bool contiguous)
    {
        double p = 1, q = 0, m = 0, b = 0;
        var (squares, means, buffers) = (Buffer(dtype, contiguous), Buffer(dtype, contiguous), Buffer(dtype, contiguous));
        Follow(dtype, contiguous, (parameters, steps) => Fused.RmsProp(parameters, [squares], [means], [buffers], steps, Lr / 10, momentum: 0.5), (g, t) =>
        {
            q = 0.99 * q + 0.01 * g * g;
            m = 0.99 * m + 0.01 * g;
            b = 0.5 * b + g / (Math.Sqrt(q - m * m) + 1e-8);
            return p -= Lr / 10 * b;
        });
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        using var scope = Scope.New();
        Tensor[] parameters = [Tensor.Ones([3]).RequireGrad(), Tensor.Ones([3]).RequireGrad()];
        var steps = Tensor.Zeros([2], DType.Int64);
        parameters[1].Grad = Tensor.Ones([3]);
        Fused.Sgd(parameters, [], steps, 0.5);
        parameters[0].ToArray<float>().ShouldBe([1, 1, 1]);
        parameters[1].ToArray<float>().ShouldBe([0.5f, 0.5f, 0.5f]);
        steps.ToArray<long>().ShouldBe([0, 1]);
        Fused.ZeroGrad(parameters);
        parameters[1].HasGrad.ShouldBeFalse();
    }

    [Fact]
    public void A_graph_that_saved_the_old_values_is_not_walked()
    {
        using var scope = Scope.New();
        var p = Tensor.Ones([3]).RequireGrad();
        var loss = (p * p).Sum();
        loss.Backward(retainGraph: true);
        Fused.Adam([p], [Tensor.Zeros([3])], [Tensor.Zeros([3])], Tensor.Zeros([1], DType.Int64), 0.1);
        Should.Throw<TorchException>(() => loss.Backward()).Message.ShouldContain("inplace");
    }

    [Fact]
    public void Buffers_of_another_shape_dtype_or_number_are_refused()
    {
        using var scope = Scope.New();
        var p = Tensor.Ones([3]).RequireGrad();
        p.Grad = Tensor.Ones([3]);
        var steps = Tensor.Zeros([1], DType.Int64);
        Should.Throw<TorchException>(() => Fused.Adam([p], [Tensor.Zeros([2])], [Tensor.Zeros([3])], steps, 0.1));
        Should.Throw<TorchException>(() => Fused.Adam([p], [Tensor.Zeros([3], DType.Float64)], [Tensor.Zeros([3])], steps, 0.1));
        Should.Throw<TorchException>(() => Fused.Adam([p], [], [], steps, 0.1));
        Should.Throw<TorchException>(() => Fused.Sgd([p], [], Tensor.Zeros([2], DType.Int64), 0.1));
        Should.Throw<TorchException>(() => Fused.Sgd([p * 1], [], steps, 0.1));
    }

    static Tensor Buffer(DType dtype, bool contiguous) => contiguous ? Tensor.Zeros([2, 5], dtype) : Tensor.Zeros([5, 2], dtype).T();

    static void Follow(DType dtype, bool contiguous, Action<Tensor[], Tensor> step, Func<double, int, double> formula)
    {
        using var scope = Scope.New();
        var parameter = Buffer(dtype, contiguous).FillInPlace(1).RequireGrad();
        var steps = Tensor.Zeros([1], DType.Int64);
        for (var t = 1; t <= 10; t++)
        {
            var gradient = Math.Sin(t) + 0.5;
            parameter.Grad = Buffer(dtype, contiguous).FillInPlace(gradient);
            step([parameter], steps);
            var expected = formula(gradient, t);
            var tolerance = dtype switch { DType.Float64 => 1e-12, DType.Float32 => 1e-5, _ => 0.1 };
            foreach (var value in parameter.To(DType.Float64).ToArray<double>()) value.ShouldBe(expected, tolerance * Math.Max(1, Math.Abs(expected)));
        }
    }
}
