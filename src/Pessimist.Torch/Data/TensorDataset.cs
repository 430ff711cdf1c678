namespace Pessimist.Torch.Data;

/// <summary>Examples held in memory: inputs [N, *] and targets [N] or [N, *], row i of one belonging to row i of the other.</summary>
/// <remarks>Takes the tensors over: they leave every scope and are freed by <see cref="Dispose"/>.</remarks>
public sealed class TensorDataset : IDisposable
{
    public TensorDataset(Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Rank == 0 || targets.Rank == 0 || inputs.Size(0) != targets.Size(0))
            throw new TorchException($"inputs {inputs.Describe()} and targets {targets.Describe()} do not have equally many rows");
        (Inputs, Targets, Count) = (inputs.Keep(), targets.Keep(), checked((int)inputs.Size(0)));
    }

    public Tensor Inputs { get; }

    public Tensor Targets { get; }

    public int Count { get; }

    /// <summary>Copies <paramref name="inputs"/>, rows one after another, each of <paramref name="shape"/>, and class ids.</summary>
    public static TensorDataset From(ReadOnlySpan<float> inputs, ReadOnlySpan<long> shape, ReadOnlySpan<long> classes) =>
        new(Tensor.From(inputs, [classes.Length, .. shape]), Tensor.From(classes, classes.Length));

    /// <summary>Copies <paramref name="inputs"/> and <paramref name="outputs"/> numbers per row as targets [N, outputs].</summary>
    public static TensorDataset From(ReadOnlySpan<float> inputs, ReadOnlySpan<long> shape, ReadOnlySpan<float> targets, int outputs = 1) =>
        new(Tensor.From(inputs, [targets.Length / Require.Positive(outputs), .. shape]), Tensor.From(targets, targets.Length / outputs, outputs));

    /// <summary>The rows, in the order asked for; a copy on the data's device, in the scope at hand.</summary>
    public Batch Rows(ReadOnlySpan<int> rows)
    {
        var indices = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            indices[i] = (uint)rows[i] < (uint)Count ? rows[i] : throw new TorchException($"row {rows[i]} does not exist; there are {Count}");
        using var scope = Scope.New();
        var index = Tensor.From(indices, indices.Length).To(Inputs.Device);
        return new(scope.MoveOut(Inputs.IndexSelect(0, index)), scope.MoveOut(Targets.IndexSelect(0, index)), rows.ToArray());
    }

    /// <summary>The rows as a data set of their own.</summary>
    public TensorDataset Subset(ReadOnlySpan<int> rows)
    {
        var (inputs, targets) = Rows(rows);
        return new(inputs, targets);
    }

    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
