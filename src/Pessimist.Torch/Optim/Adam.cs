namespace Pessimist.Torch.Optim;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1). Weight decay is added to the gradient; <see cref="AdamW"/> keeps it apart.</summary>
public sealed class Adam(
    IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
    bool maximize = false)
    : AdamBase(groups, lr, beta1, beta2, epsilon, weightDecay, decoupled: false, maximize)
{
    public Adam(
        IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, epsilon, weightDecay, maximize) { }
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): p *= 1 - lr decay before the step.</summary>
public sealed class AdamW(
    IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
    bool maximize = false)
    : AdamBase(groups, lr, beta1, beta2, epsilon, weightDecay, decoupled: true, maximize)
{
    public AdamW(
        IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
        bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, epsilon, weightDecay, maximize) { }
}

/// <summary>What Adam and AdamW share: they differ in where weight decay enters.</summary>
public abstract class AdamBase : Optimizer
{
    const string Mean = "exp_avg", Square = "exp_avg_sq";

    readonly double _beta2;
    readonly double _epsilon;
    readonly bool _decoupled;

    internal AdamBase(
        IEnumerable<ParameterGroup> groups, double lr, double beta1, double beta2, double epsilon, double weightDecay, bool decoupled, bool maximize)
        : base(groups, lr, weightDecay, maximize, Mean, Square)
    {
        foreach (var (name, beta) in new[] { ("beta1", beta1), ("beta2", beta2) })
            if (beta is not (>= 0 and < 1))
                throw new TorchException(FormattableString.Invariant($"{name} {beta} is not valid; it must be at least 0 and below 1"));
        (Momentum, _beta2, _epsilon, _decoupled) = (beta1, beta2, Require.NotNegative(epsilon), decoupled);
    }

    public override double Momentum { get; set; }

    public override int StatePerParameter => 2;

    protected override void Update(Memory memory, double lr, double weightDecay) =>
        Fused.Adam(memory.Parameters, memory[Mean], memory[Square], memory.Steps, lr, Momentum, _beta2, _epsilon, weightDecay, _decoupled);
}
