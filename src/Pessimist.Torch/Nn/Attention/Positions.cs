using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Adds sin and cos of the position, at wavelengths from 2π to 20000π, to [N, T, width], so that attention can tell steps apart
/// (Vaswani and others 2017, section 3.5). Nothing is learned, any length will do.</summary>
public sealed class SinusoidalPositions(int width, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    public int Width { get; } = Require.Positive(width);

    protected override Tensor Compute(Tensor input)
    {
        if (input.Rank != 3 || input.Size(2) != Width)
            throw new TorchException($"positions of width {Width} are added to [batch, time, {Width}], not to {input.Describe()}");
        return input + Table(input.Size(1), Width, input.Device).To(input.DType);
    }

    /// <summary>float64 [steps, width]: sin at even, cos at odd places.</summary>
    public static Tensor Table(long steps, int width, Device? device = null)
    {
        var position = Tensor.Arange(0, steps, dtype: DType.Float64, device: device).Unsqueeze(1);
        var frequency = (Tensor.Arange(0, width, 2, DType.Float64, device) * (-Math.Log(10000.0) / width)).Exp();
        var angle = position * frequency; // [steps, ceil(width / 2)]
        return Tensor.Stack([angle.Sin(), angle.Cos()], 2).Flatten(1).Slice(1, 0, width);
    }

    protected override string Options => $"{Width}";
}

/// <summary>Adds a learned vector for each position to [N, T, width]; T is at most <c>longest</c>. Starts as N(0, 0.02²) (Devlin and others 2019).</summary>
public sealed class LearnedPositions : Module
{
    public LearnedPositions(int longest, int width, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line) => Weight = Init.Normal(Init.Parameter(Require.Positive(longest), Require.Positive(width)), 0, 0.02);

    /// <summary>The weight, [longest, width].</summary>
    public Tensor Weight { get; }

    protected override Tensor Compute(Tensor input)
    {
        if (input.Rank != 3 || input.Size(2) != Weight.Size(1))
            throw new TorchException($"positions of width {Weight.Size(1)} are added to [batch, time, {Weight.Size(1)}], not to {input.Describe()}");
        if (input.Size(1) > Weight.Size(0))
            throw new TorchException($"{input.Size(1)} steps are more than the {Weight.Size(0)} positions that this layer learns; make it longer, or use SinusoidalPositions");
        return input + Weight.Slice(0, 0, input.Size(1));
    }

    protected override string Options => $"{Weight.Size(0)}, {Weight.Size(1)}";
}
