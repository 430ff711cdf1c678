using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>A table of vectors, looked up by id: int64 [*] to [*, width].</summary>
public sealed class Embedding : Module
{
    readonly int? _paddingIndex;

    /// <param name="paddingIndex">The id whose vector starts at zero and never gets a gradient.</param>
    public Embedding(int count, int width, int? paddingIndex = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Count = Require.Positive(count);
        Width = Require.Positive(width);
        _paddingIndex = paddingIndex;
        Weight = Init.Normal(Init.Parameter(count, width));
        if (paddingIndex is not { } row)
            return;
        if (row < 0 || row >= count)
            throw new TorchException($"padding index {row} is not valid: the embedding has rows 0 to {count - 1}");
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        Weight.Select(0, row).ZeroInPlace();
    }

    public int Count { get; }
    public int Width { get; }
    /// <summary>The weight, [count, width].</summary>
    public Tensor Weight { get; }

    protected override Tensor Compute(Tensor input) => Functional.Embedding(Weight, input, _paddingIndex ?? -1);

    protected override string Options => $"{Count}, {Width}{(_paddingIndex is { } i ? $", padding_idx={i}" : "")}";
}
