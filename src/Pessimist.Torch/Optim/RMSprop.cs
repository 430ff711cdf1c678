namespace Pessimist.Torch.Optim;

/// <summary>RMSprop (Tieleman and Hinton 2012), the root taken before epsilon is added, as in PyTorch; centered subtracts the squared mean (Graves 2013).</summary>
public sealed class RMSprop : Optimizer
{
    const string Square = "square_avg", Buffer = "momentum_buffer", Mean = "grad_avg";

    readonly double _alpha;
    readonly double _epsilon;
    readonly bool _centered;

    public RMSprop(
        IEnumerable<ParameterGroup> groups, double lr = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0, double momentum = 0,
        bool centered = false, bool maximize = false)
        : base(groups, lr, weightDecay, maximize, Square, Buffer, Mean) =>
        (_alpha, _epsilon, Momentum, _centered) = (Require.NotNegative(alpha), Require.NotNegative(epsilon), Require.NotNegative(momentum), centered);

    public RMSprop(
        IEnumerable<Tensor> parameters, double lr = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0, double momentum = 0,
        bool centered = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, alpha, epsilon, weightDecay, momentum, centered, maximize) { }

    public override double Momentum { get; set; }

    public override int StatePerParameter => 1 + (Momentum > 0 ? 1 : 0) + (_centered ? 1 : 0);

    protected override void Update(Memory memory, double lr, double weightDecay) => Fused.RmsProp(
        memory.Parameters, memory[Square], _centered ? memory[Mean] : [], Momentum == 0 ? [] : memory[Buffer], memory.Steps, lr, _alpha, _epsilon, weightDecay, Momentum);
}
