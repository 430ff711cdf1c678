using System.Runtime.CompilerServices;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>Which tensor the rows of another were cut out of: by a slice, a narrowing or picked rows of its first dimension, outside of networks.</summary>
sealed class CutRows
{
    readonly ConditionalWeakTable<Tensor, Tensor> _from = [];

    public void Add(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        if (results.Length != 1 || args.Length < 2 || !args[0].TryTensor(out var whole) || whole.Rank == 0) return;
        var first = op.Name is "aten::slice" or "aten::narrow" or "aten::index_select" ? args[1].TryNumber(out var dimension) && dimension == 0
            : op.Name == "aten::index" && args[1].TryTensors(out var indices) && indices is [not null];
        if (first && results[0].Rank == whole.Rank && results[0].Size(0) < whole.Size(0)) _from.AddOrUpdate(results[0], whole);
    }

    /// <summary>Null for a tensor that was made otherwise.</summary>
    public Tensor? Of(Tensor rows) => _from.TryGetValue(rows, out var whole) ? whole : null;
}
