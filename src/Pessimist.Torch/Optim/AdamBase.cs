namespace Pessimist.Torch.Optim;

/// <summary>What Adam and AdamW share: they differ in where weight decay enters.</summary>
public abstract class AdamBase : Optimizer
{
    const int Mean = 0, Square = 1, MaxSquare = 2;

    // Above this libtorch's threads outweigh the passes over memory that the kernel saves.
    const long KernelLimit = 1 << 21;

    static readonly Operator _maximum = new("aten::maximum", "out");

    readonly double _beta2;
    readonly double _epsilon;
    readonly bool _amsgrad;

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

    /// <summary>Whether small networks on the CPU take the one-pass kernel. Off in tests that hold the operators to PyTorch.</summary>
    internal bool UseKernel { get; init; } = true;

    /// <summary>The factor of the parameter that is added to the gradient, and the one the parameter shrinks by.</summary>
    protected abstract (double L2, double Shrink) Decay(ParameterGroup group);

    protected override void Update(ParameterGroup group, Batch batch)
    {
        // m / c1 / (sqrt(v) / c2 + eps) = (c2 / c1) m / (sqrt(v) + c2 eps): one pass over the parameters less.
        var c1 = 1 - Math.Pow(Momentum, batch.Step);
        var c2 = Math.Sqrt(1 - Math.Pow(_beta2, batch.Step));
        var (rate, epsilon) = (group.LearningRate * c2 / c1, _epsilon * c2);
        var (l2, shrink) = Decay(group);
        var (mean, square) = (batch.Slot(Mean), batch.Slot(Square));
        if (UseKernel && !_amsgrad && batch.PlainType(KernelLimit) is { } type)
        {
            if (type == DType.Float32)
                Run(new AdamKernel<float>(Momentum, _beta2, epsilon, rate, l2, shrink), batch, mean, square);
            else
                Run(new AdamKernel<double>(Momentum, _beta2, epsilon, rate, l2, shrink), batch, mean, square);
            return;
        }
        batch.AddDecay(l2);
        if (shrink != 1)
            Foreach.MulInPlace(batch.Parameters, shrink);
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
        var denominator = Foreach.Sqrt(square);
        Foreach.AddInPlace(denominator, epsilon);
        Foreach.AddcdivInPlace(batch.Parameters, mean, denominator, -rate);
    }

    static void Run<T>(AdamKernel<T> kernel, Batch batch, Tensor[] mean, Tensor[] square)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        for (var i = 0; i < mean.Length; i++)
            kernel.Run(batch.Parameters[i].AsSpan<T>(), batch.Gradients[i].AsSpan<T>(), mean[i].AsSpan<T>(), square[i].AsSpan<T>());
        batch.MarkChanged();
    }
}
