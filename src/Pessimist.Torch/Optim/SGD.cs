namespace Pessimist.Torch.Optim;

/// <summary>Stochastic gradient descent with momentum as PyTorch defines it: v = momentum v + (1 - dampening) g, p -= lr v; the first v is g.</summary>
public sealed class SGD : Optimizer
{
    readonly double _dampening;
    readonly bool _nesterov;

    public SGD(
        IEnumerable<ParameterGroup> groups, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false,
        bool maximize = false)
        : base(groups, lr, weightDecay, maximize, "momentum_buffer")
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

    protected override void Update(ParameterGroup group, Batch batch)
    {
        batch.AddDecay(group.WeightDecay);
        var direction = batch.Gradients;
        if (Momentum != 0)
        {
            var first = !batch.Has(0);
            var velocity = batch.Slot(0);
            Foreach.MulInPlace(velocity, Momentum);
            Foreach.AddInPlace(velocity, direction, first ? 1 : 1 - _dampening);
            direction = _nesterov ? Foreach.Add(direction, velocity, Momentum) : velocity;
        }
        Foreach.AddInPlace(batch.Parameters, direction, -group.LearningRate);
    }
}
