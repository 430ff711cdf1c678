using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Instance normalization (Ulyanov, Vedaldi and Lempitsky 2016): each channel of each example over its places. Without running
/// statistics, the default, it is alike in training and prediction.</summary>
public abstract class InstanceNorm : ChannelNorm
{
    static readonly Operator _instanceNorm = new("aten::instance_norm");

    protected InstanceNorm(int features, double epsilon, double momentum, bool affine, bool trackRunningStats, string file, int line)
        : base(features, epsilon, momentum, affine, trackRunningStats, file, line)
    {
    }

    /// <summary>The number of axes an input has.</summary>
    protected abstract int Axes { get; }

    protected override Tensor Compute(Tensor input)
    {
        if (input.Rank != Axes)
            throw new TorchException($"{GetType().Name} takes an input of {Axes} axes, not {input.Rank}");
        if (input.Size(1) != NumFeatures)
            throw new TorchException($"{GetType().Name} was made for {NumFeatures} channels, and {input.Describe()} has {input.Size(1)}");
        var ownStatistics = Training || RunningMean is null;
        if (ownStatistics && input.Numel == input.Size(0) * input.Size(1))
            throw new TorchException($"one value per channel and example has no variance: {GetType().Name} needs more than {input.Describe()}");
        return _instanceNorm.Call(input, Weight, Bias, RunningMean, RunningVar, ownStatistics, Momentum!.Value, Epsilon, true);
    }
}

/// <summary>Over the length: [N, C, L].</summary>
public sealed class InstanceNorm1d(
    int features, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : InstanceNorm(features, epsilon, momentum, affine, trackRunningStats, file, line)
{
    protected override int Axes => 3;
}

/// <summary>Over height and width: [N, C, H, W].</summary>
public sealed class InstanceNorm2d(
    int features, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : InstanceNorm(features, epsilon, momentum, affine, trackRunningStats, file, line)
{
    protected override int Axes => 4;
}
