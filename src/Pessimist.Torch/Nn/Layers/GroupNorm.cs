using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Group normalization (Wu and He 2018): each example over groups of channels, alike in training and prediction and for any batch
/// size. [N, C, *] to the same.</summary>
public sealed class GroupNorm : Module
{
    readonly double _epsilon;

    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Groups = Require.Positive(groups);
        Channels = Require.Positive(channels);
        if (channels % groups != 0)
            throw new TorchException($"{groups} groups do not divide {channels} channels");
        _epsilon = epsilon;
        if (!affine)
            return;
        Weight = Init.Ones(Init.Parameter(channels));
        Bias = Init.Zeros(Init.Parameter(channels));
    }

    public int Groups { get; }
    public int Channels { get; }
    /// <summary>The weight, [C].</summary>
    public Tensor? Weight { get; }
    /// <summary>The bias, [C].</summary>
    public Tensor? Bias { get; }

    protected override Tensor Compute(Tensor input) => Functional.GroupNorm(input, Groups, Weight, Bias, _epsilon);

    protected override string Options => $"{Groups}, {Channels}, eps={Python(_epsilon)}, affine={Python(Weight is not null)}";
}
