namespace Pessimist.Torch.Optim;

/// <summary>Stochastic gradient descent with momentum as PyTorch defines it: v = momentum v + (1 - dampening) g, p -= lr v; the first v is g.</summary>
public sealed class SGD : Optimizer
{
    const string Buffer = "momentum_buffer";

    readonly double _dampening;
    readonly bool _nesterov;

    public SGD(
        IEnumerable<ParameterGroup> groups, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false,
        bool maximize = false)
        : base(groups, lr, weightDecay, maximize, Buffer)
    {
        if (nesterov && (momentum <= 0 || dampening != 0))
            throw new TorchException("Nesterov momentum needs a momentum above zero and no dampening");
        (Momentum, _dampening, _nesterov) = (Require.NotNegative(momentum), dampening, nesterov);
    }

    public SGD(
        IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false,
        bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, momentum, dampening, weightDecay, nesterov, maximize) { }

    public override double Momentum { get; set; }

    public override int StatePerParameter => Momentum == 0 ? 0 : 1;

    protected override void Update(Memory memory, double lr, double weightDecay) =>
        Fused.Sgd(memory.Parameters, Momentum == 0 ? [] : memory[Buffer], memory.Steps, lr, Momentum, _dampening, weightDecay, _nesterov);
}
