namespace Pessimist.Torch.Nn;

/// <summary>What convolutions of any dimension share: the filter bank and its geometry.</summary>
public abstract class Convolution : Module
{
    protected Convolution(
        int inChannels, int outChannels, long[] kernelSize, long[] stride, long[] padding, long[] dilation, int groups, bool bias, string file, int line,
        bool transposed = false)
        : base(file, line)
    {
        InChannels = Require.Positive(inChannels);
        OutChannels = Require.Positive(outChannels);
        Groups = Require.Positive(groups);
        if (inChannels % groups != 0 || outChannels % groups != 0)
            throw new TorchException($"{groups} groups do not divide {inChannels} input and {outChannels} output channels");
        (KernelSize, Stride, Padding, Dilation) = (kernelSize, stride, padding, dilation);
        Weight = Init.Parameter(transposed ? [inChannels, outChannels / groups, .. kernelSize] : [outChannels, inChannels / groups, .. kernelSize]);
        Bias = bias ? Init.Parameter(outChannels) : null;
        Init.PyTorchDefault(Weight, Bias);
    }

    public int InChannels { get; }
    public int OutChannels { get; }
    public int Groups { get; }
    /// <summary>The weight, [out, in / groups, *kernel]; transposed [in, out / groups, *kernel].</summary>
    public Tensor Weight { get; }
    /// <summary>The bias, [out].</summary>
    public Tensor? Bias { get; }
    protected internal long[] KernelSize { get; }
    protected internal long[] Stride { get; }
    protected internal long[] Padding { get; }
    protected internal long[] Dilation { get; }

    /// <summary>What PyTorch prints between dilation and groups.</summary>
    protected virtual string MoreOptions => "";

    protected override string Options =>
        $"{InChannels}, {OutChannels}, kernel_size={Python(KernelSize)}, stride={Python(Stride)}" +
        (Padding.Any(p => p != 0) ? $", padding={Python(Padding)}" : "") +
        (Dilation.Any(d => d != 1) ? $", dilation={Python(Dilation)}" : "") +
        MoreOptions +
        (Groups != 1 ? $", groups={Groups}" : "") +
        (Bias is null ? ", bias=False" : "");
}
