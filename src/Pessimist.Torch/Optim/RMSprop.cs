namespace Pessimist.Torch.Optim;

/// <summary>RMSprop (Tieleman and Hinton 2012), the root taken before epsilon is added, as in PyTorch; centered subtracts the squared mean (Graves 2013).</summary>
public sealed class RMSprop : Optimizer
{
    const int Square = 0, Velocity = 1, Mean = 2;

    static readonly Operator _addcmul = new("aten::_foreach_addcmul", "Scalar");

    readonly double _alpha;
    readonly double _epsilon;
    readonly bool _centered;

    public RMSprop(
        IEnumerable<ParameterGroup> groups, double lr = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0, double momentum = 0,
        bool centered = false, bool maximize = false)
        : base(groups, lr, weightDecay, maximize, "square_avg", "momentum_buffer", "grad_avg") =>
        (_alpha, _epsilon, Momentum, _centered) = (Require.NotNegative(alpha), Require.NotNegative(epsilon), Require.NotNegative(momentum), centered);

    public RMSprop(
        IEnumerable<Tensor> parameters, double lr = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0, double momentum = 0,
        bool centered = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, alpha, epsilon, weightDecay, momentum, centered, maximize) { }

    public override double Momentum { get; set; }

    public override int StatePerParameter => 1 + (Momentum > 0 ? 1 : 0) + (_centered ? 1 : 0);

    protected override void Update(ParameterGroup group, Batch batch)
    {
        batch.AddDecay(group.WeightDecay);
        var gradients = batch.Gradients;
        var variance = batch.Slot(Square);
        Foreach.MulInPlace(variance, _alpha);
        Foreach.AddcmulInPlace(variance, gradients, gradients, 1 - _alpha);
        if (_centered)
        {
            var mean = batch.Slot(Mean);
            Foreach.MulInPlace(mean, _alpha);
            Foreach.AddInPlace(mean, gradients, 1 - _alpha);
            variance = _addcmul.CallList(variance, mean, mean, -1);
        }
        var denominator = Foreach.Sqrt(variance);
        Foreach.AddInPlace(denominator, _epsilon);
        if (Momentum == 0)
        {
            Foreach.AddcdivInPlace(batch.Parameters, gradients, denominator, -group.LearningRate);
            return;
        }
        var velocity = batch.Slot(Velocity);
        Foreach.MulInPlace(velocity, Momentum);
        Foreach.AddcdivInPlace(velocity, gradients, denominator, 1);
        Foreach.AddInPlace(batch.Parameters, velocity, -group.LearningRate);
    }
}
