using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Batch normalization (Ioffe and Szegedy 2015): per channel, with the batch's statistics while training and the running ones after.</summary>
/// <remarks>The running variance is updated with the unbiased estimate, the batch is normalized with the biased one, as in PyTorch.</remarks>
public abstract class BatchNorm : Module
{
    static readonly Operator _count = new("aten::add_", "Scalar");

    readonly double _epsilon;
    readonly double? _momentum;

    protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, string file, int line)
        : base(file, line)
    {
        NumFeatures = Require.Positive(features);
        (_epsilon, _momentum) = (epsilon, momentum);
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
    public Tensor? Weight { get; } // [C]
    public Tensor? Bias { get; } // [C]
    [Buffer] public Tensor? RunningMean { get; } // [C]
    [Buffer] public Tensor? RunningVar { get; } // [C]
    [Buffer] public Tensor? NumBatchesTracked { get; } // []

    /// <summary>The numbers of axes an input may have.</summary>
    protected abstract ReadOnlySpan<int> Axes { get; }

    protected override Tensor Compute(Tensor input)
    {
        if (!Axes.Contains(input.Rank))
            throw new TorchException($"{GetType().Name} takes an input of {string.Join(" or ", Axes.ToArray())} axes, not {input.Rank}");
        var batchStatistics = Training || RunningMean is null;
        if (batchStatistics && input.Numel == input.Size(1))
            throw new TorchException(
                $"one value per channel has no variance: {GetType().Name} needs more than {input.Describe()} while training; use larger batches, drop the last one, or call Eval()");
        var momentum = _momentum ?? 0;
        if (Training && NumBatchesTracked is not null)
        {
            using (Autograd.NoGrad())
                _count.Run(NumBatchesTracked, 1L);
            momentum = _momentum ?? 1.0 / NumBatchesTracked.Item<long>();
        }
        return Functional.BatchNorm(input, Weight, Bias, RunningMean, RunningVar, batchStatistics, momentum, _epsilon);
    }

    protected override string Options =>
        $"{NumFeatures}, eps={Python(_epsilon)}, momentum={Python(_momentum)}, affine={Python(Weight is not null)}, track_running_stats={Python(RunningMean is not null)}";
}

/// <summary>Over the batch (and the length): [N, C] or [N, C, L].</summary>
public sealed class BatchNorm1d(
    int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, file, line)
{
    protected override ReadOnlySpan<int> Axes => [2, 3];
}

/// <summary>Over the batch, height and width: [N, C, H, W].</summary>
public sealed class BatchNorm2d(
    int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, file, line)
{
    protected override ReadOnlySpan<int> Axes => [4];
}
