using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Batch normalization (Ioffe and Szegedy 2015): per channel, with the batch's statistics while training and the running ones after.</summary>
/// <remarks>The running variance is updated with the unbiased estimate, the batch is normalized with the biased one, as in PyTorch.</remarks>
public abstract class BatchNorm : ChannelNorm
{
    static readonly Operator _count = new("aten::add_", "Scalar"), _rectify = new("pessimist::rectify_");

    protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, string file, int line)
        : base(features, epsilon, momentum, affine, trackRunningStats, file, line)
    {
    }

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
        var momentum = Momentum ?? 0;
        if (Training && NumBatchesTracked is not null)
        {
            using (Autograd.NoGrad())
                _count.Run(NumBatchesTracked, 1L);
            momentum = Momentum ?? 1.0 / NumBatchesTracked.Item<long>();
        }
        return Functional.BatchNorm(input, Weight, Bias, RunningMean, RunningVar, batchStatistics, momentum, Epsilon);
    }

    /// <summary>relu(norm(input) + plus).</summary>
    /// <param name="unseen">Nobody sees what the normalization gives, which may be written over.</param>
    internal Tensor Rectified(Tensor input, ReLU relu, bool unseen, Tensor? plus = null)
    {
        var output = Forward(input);
        if (!unseen)
            return relu.Forward(plus is null ? output : output + plus);
        _rectify.Run(output, plus);
        return output;
    }
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
