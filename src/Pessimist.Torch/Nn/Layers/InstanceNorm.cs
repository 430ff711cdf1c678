using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Instance normalization (Ulyanov, Vedaldi and Lempitsky 2016): each channel of each example over its places. Without running
/// statistics, the default, it is alike in training and prediction.</summary>
public abstract class InstanceNorm : Module
{
    static readonly Operator _instanceNorm = new("aten::instance_norm");

    readonly double _epsilon, _momentum;

    protected InstanceNorm(int features, double epsilon, double momentum, bool affine, bool trackRunningStats, string file, int line)
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
    [Buffer] public Tensor? NumBatchesTracked { get; } // []; PyTorch never counts here

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
        return _instanceNorm.Call(input, Weight, Bias, RunningMean, RunningVar, ownStatistics, _momentum, _epsilon, true);
    }

    protected override string Options =>
        $"{NumFeatures}, eps={Python(_epsilon)}, momentum={Python(_momentum)}, affine={Python(Weight is not null)}, track_running_stats={Python(RunningMean is not null)}";
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
