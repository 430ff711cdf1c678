namespace Pessimist.Torch.Nn;

/// <summary>How weights start. Fills in place, draws from libtorch's generator in PyTorch's order, so a seed gives PyTorch's numbers.</summary>
public static class Init
{
    /// <summary>The number of inputs and outputs of one unit: [out, in, *receptive field].</summary>
    public static (long In, long Out) Fans(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank < 2)
            throw new TorchException($"fan in and fan out need a weight of two axes or more, not {weight.Rank}");
        var field = weight.Numel / Math.Max(1, weight.Size(0) * weight.Size(1));
        return (weight.Size(1) * field, weight.Size(0) * field);
    }

    /// <summary>He (Kaiming) normal, for ReLU: std = gain / sqrt(fan), gain = sqrt(2 / (1 + slope²)) (He and others 2015).</summary>
    public static Tensor HeNormal(Tensor weight, double slope = 0, bool fanOut = false) => Normal(weight, 0, HeStd(weight, slope, fanOut));

    /// <summary>He (Kaiming) uniform: the variance of <see cref="HeNormal"/>.</summary>
    public static Tensor HeUniform(Tensor weight, double slope = 0, bool fanOut = false)
    {
        var bound = Math.Sqrt(3.0) * HeStd(weight, slope, fanOut);
        return Uniform(weight, -bound, bound);
    }

    /// <summary>Glorot (Xavier) normal, for tanh: std = gain sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010).</summary>
    public static Tensor GlorotNormal(Tensor weight, double gain = 1) => Normal(weight, 0, GlorotStd(weight, gain));

    /// <summary>Glorot (Xavier) uniform: the variance of <see cref="GlorotNormal"/>.</summary>
    public static Tensor GlorotUniform(Tensor weight, double gain = 1)
    {
        var bound = Math.Sqrt(3.0) * GlorotStd(weight, gain);
        return Uniform(weight, -bound, bound);
    }

    public static Tensor Normal(Tensor tensor, double mean = 0, double std = 1) => Filled(tensor, t => t.NormalInPlace(mean, Require.NotNegative(std)));

    public static Tensor Uniform(Tensor tensor, double from = 0, double to = 1) => Filled(tensor, t => t.UniformInPlace(from, to));

    public static Tensor Constant(Tensor tensor, double value) => Filled(tensor, t => t.FillInPlace(value));

    public static Tensor Zeros(Tensor tensor) => Constant(tensor, 0);

    public static Tensor Ones(Tensor tensor) => Constant(tensor, 1);

    /// <summary>A fresh parameter, its numbers not set: a leaf that requires a gradient and belongs to no scope.</summary>
    public static Tensor Parameter(params long[] shape) => Tensor.Empty(shape).Keep().RequireGrad();

    /// <summary>What PyTorch's Linear and convolutions start with: He uniform of slope sqrt(5), that is ±1/sqrt(fan in), for weight and bias.</summary>
    public static void PyTorchDefault(Tensor weight, Tensor? bias)
    {
        HeUniform(weight, Math.Sqrt(5));
        if (bias is null)
            return;
        var bound = 1 / Math.Sqrt(Fans(weight).In);
        Uniform(bias, -bound, bound);
    }

    static double HeStd(Tensor weight, double slope, bool fanOut)
    {
        var fans = Fans(weight);
        return Math.Sqrt(2.0 / (1 + slope * slope)) / Math.Sqrt(fanOut ? fans.Out : fans.In);
    }

    static double GlorotStd(Tensor weight, double gain)
    {
        var (fanIn, fanOut) = Fans(weight);
        return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
    }

    static Tensor Filled(Tensor tensor, Action<Tensor> fill)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        fill(tensor);
        return tensor;
    }
}
