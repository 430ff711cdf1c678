namespace Pessimist.Torch.Optim;

/// <summary>What Adam and AdamW share: they differ in where weight decay enters.</summary>
public abstract class AdamBase : Optimizer
{
    const int Mean = 0, Square = 1, MaxSquare = 2;

    readonly double _beta2;
    readonly double _epsilon;
    readonly bool _amsgrad;

    static readonly Operator _maximum = new("aten::maximum", "out");

    protected AdamBase(
        IEnumerable<ParameterGroup> groups, double lr, double beta1, double beta2, double epsilon, double weightDecay, bool amsgrad, bool maximize)
        : base(groups, lr, weightDecay, maximize, "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    {
        foreach (var (name, beta) in new[] { ("beta1", beta1), ("beta2", beta2) })
            if (beta is not (>= 0 and < 1))
                throw new TorchException(FormattableString.Invariant($"{name} {beta} is not valid; it must be at least 0 and below 1"));
        (Momentum, _beta2, _epsilon, _amsgrad) = (beta1, beta2, Require.NotNegative(epsilon), amsgrad);
    }

    public override double Momentum { get; set; }

    public override int StatePerParameter => _amsgrad ? 3 : 2;

    /// <summary>Applies weight decay to the gradients or the parameters.</summary>
    protected abstract void Decay(ParameterGroup group, Batch batch);

    protected override void Update(ParameterGroup group, Batch batch)
    {
        Decay(group, batch);
        var (mean, square) = (batch.Slot(Mean), batch.Slot(Square));
        Foreach.MulInPlace(mean, Momentum);
        Foreach.AddInPlace(mean, batch.Gradients, 1 - Momentum);
        Foreach.MulInPlace(square, _beta2);
        Foreach.AddcmulInPlace(square, batch.Gradients, batch.Gradients, 1 - _beta2);
        if (_amsgrad)
        {
            var largest = batch.Slot(MaxSquare);
            for (var i = 0; i < largest.Length; i++)
                _maximum.Run(largest[i], square[i], largest[i]);
            square = largest;
        }
        // m / c1 / (sqrt(v) / c2 + eps) = (c2 / c1) m / (sqrt(v) + c2 eps): one pass over the parameters less.
        var c1 = 1 - Math.Pow(Momentum, batch.Step);
        var c2 = Math.Sqrt(1 - Math.Pow(_beta2, batch.Step));
        var denominator = Foreach.Sqrt(square);
        Foreach.AddInPlace(denominator, _epsilon * c2);
        Foreach.AddcdivInPlace(batch.Parameters, mean, denominator, -group.LearningRate * c2 / c1);
    }
}
