namespace Pessimist.Torch.Nn;

/// <summary>What batch and instance normalization share: a scale and a shift of each channel, and running statistics (PyTorch's <c>_NormBase</c>).</summary>
public abstract class ChannelNorm : Module
{
    protected ChannelNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, string file, int line)
        : base(file, line)
    {
        NumFeatures = Require.Positive(features);
        (Epsilon, Momentum) = (epsilon, momentum);
        if (affine)
        {
            Weight = Init.Ones(Init.Parameter(features));
            Bias = Init.Zeros(Init.Parameter(features));
        }
        if (trackRunningStats)
        {
            RunningMean = Tensor.Zeros([features]).Keep();
            RunningVar = Tensor.Ones([features]).Keep();
            NumBatchesTracked = Tensor.Zeros([], DType.Int64).Keep();
        }
    }

    public int NumFeatures { get; }
    /// <summary>The weight, [C].</summary>
    public Tensor? Weight { get; }
    /// <summary>The bias, [C].</summary>
    public Tensor? Bias { get; }
    [Buffer] public Tensor? RunningMean { get; } // [C]
    [Buffer] public Tensor? RunningVar { get; } // [C]
    [Buffer] public Tensor? NumBatchesTracked { get; } // []; instance normalization never counts

    /// <summary>Added to the variance.</summary>
    protected double Epsilon { get; }

    /// <summary>Share of the batch's statistics in the running ones; null: a plain mean over all batches.</summary>
    protected double? Momentum { get; }

    protected override string Options =>
        $"{NumFeatures}, eps={Python(Epsilon)}, momentum={Python(Momentum)}, affine={Python(Weight is not null)}, track_running_stats={Python(RunningMean is not null)}";
}
