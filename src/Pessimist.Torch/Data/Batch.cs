namespace Pessimist.Torch.Data;

/// <summary>Some rows of a data set: inputs [B, *], targets [B, *], and which rows they are.</summary>
public readonly record struct Batch(Tensor Inputs, Tensor Targets, IReadOnlyList<int> Rows)
{
    public int Count => Rows.Count;

    public void Deconstruct(out Tensor inputs, out Tensor targets) => (inputs, targets) = (Inputs, Targets);

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
