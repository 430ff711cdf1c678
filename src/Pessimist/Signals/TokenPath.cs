using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// The way of ids [N, T] through a traced step to the scores of a loss. Only ways on which every tensor still has an axis of examples and one of
/// positions count: a sentence that was pressed into one vector on the way is another matter.
/// </summary>
/// <param name="role">Of the ids, such as <c>input 0</c>.</param>
/// <param name="examples">N.</param>
/// <param name="positions">T.</param>
public sealed class TokenPath(OperationTrace trace, string role, long examples, long positions)
{
    /// <summary>The embedding that looks the ids up, when the scores of a training loss are reached from it; null when no way leads there.</summary>
    public OperationSeen? Reaches()
    {
        for (var i = 0; i < trace.Operations.Count; i++)
            if (IsTraining(i) && trace.IsLoss(i) && trace.Operations[i].Inputs is [{ } scores, ..] && Walk(scores, i) is { } found)
                return found;
        return null;
    }

    /// <summary>An operation on the way that hands each position what stands after it; null when there is none.</summary>
    public OperationSeen? LooksAhead()
    {
        for (var i = 0; i < trace.Operations.Count; i++)
        {
            var operation = trace.Operations[i];
            if (!IsTraining(i)) continue;
            var looks = trace.NameAt(i) switch
            {
                "softmax" => IsAttention(operation.Outputs) && operation.Outputs[0].Zeros is { } zeros && zeros < Causal - 1e-6 && Scores(operation.Inputs[0], i) is { } product
                    && trace.Operations[product].Inputs is [_, { } keys, ..] && ComesFromIds(keys, product),
                "lstm" or "gru" or "rnn_tanh" or "rnn_relu" => operation.Settings.GetValueOrDefault("bidirectional") != 0 && operation.Inputs is [{ } data, ..] && ComesFromIds(data, i),
                "multi_head_attention_forward" or "scaled_dot_product_attention" => operation.Settings.GetValueOrDefault("is_causal") == 0 && operation.Inputs is [_, { } keys, ..]
                    && keys.Shape.Contains(positions) && ComesFromIds(keys, i) && !operation.Inputs.Skip(3).Any(IsMask),
                _ => false,
            };
            if (looks) return operation;
        }

        return null;
    }

    /// <summary>Share of the pairs of positions that a causal mask hides: (T - 1) / 2T.</summary>
    double Causal => (positions - 1) / (2.0 * positions);

    bool IsTraining(int position) => trace.Operations[position].Phase == Phase.Train;

    bool IsAttention(IReadOnlyList<TensorFacts> outputs) => outputs is [{ Shape: [_, .., var rows, var columns] shape }, ..] && shape.Count >= 3 && rows == positions && columns == positions;

    /// <summary>A mask [T, T], of whatever kind: who masks is believed to know how.</summary>
    bool IsMask(TensorFacts input) => !OperationTrace.IsParameter(input) && input.Shape is [.., var rows, var columns] && rows == positions && columns == positions;

    /// <summary>The product of queries and keys behind scaling, masking and adding.</summary>
    int? Scores(TensorFacts tensor, int before)
    {
        for (var i = 0; i < 16; i++)
        {
            if (trace.SourceOf(tensor, before).Maker is not { } maker) return null;
            if (trace.NameAt(maker) is "matmul" or "einsum") return maker;
            if (trace.NameAt(maker) is not ("div" or "mul" or "add" or "sub" or "masked_fill" or "where" or "dropout" or "clamp")) return null;
            if (trace.Operations[maker].Inputs.FirstOrDefault(t => t.Shape is [_, .., var rows, var columns] && rows == positions && columns == positions && t.RequiresGrad) is not { } next) return null;
            (tensor, before) = (next, maker);
        }

        return null;
    }

    bool ComesFromIds(TensorFacts tensor, int before) => Walk(tensor, before) is not null;

    OperationSeen? Walk(TensorFacts tensor, int before)
    {
        Queue<(TensorFacts Tensor, int Before)> queue = new([(tensor, before)]);
        HashSet<(int, long?)> seen = [];
        while (queue.TryDequeue(out var next))
        {
            if (OperationTrace.IsParameter(next.Tensor) || trace.MakerOf(next.Tensor, next.Before) is not { } maker || !seen.Add((maker, next.Tensor.Id))) continue;
            var operation = trace.Operations[maker];
            if (trace.NameAt(maker) is "embedding")
            {
                if (operation.Inputs.Any(t => trace.RoleOf(t) == role || !OperationNames.IsFloating(t.DType) && trace.RoleOf(trace.SourceOf(t, maker).Tensor) == role)) return operation;
                continue;
            }

            // What a recurrent layer hands on beside its outputs is one state for all positions.
            if (trace.NameAt(maker) is "lstm" or "gru" or "rnn_tanh" or "rnn_relu" && operation.Outputs is [{ } outputs, ..] && outputs.Id != next.Tensor.Id) continue;
            foreach (var input in operation.Inputs)
                if (!OperationTrace.IsParameter(input) && OperationNames.IsFloating(input.DType) && KeepsPositions(input.Shape)) queue.Enqueue((input, maker));
        }

        return null;
    }

    bool KeepsPositions(IReadOnlyList<long> shape)
    {
        if (shape.Count < 3) return shape is [var rows, _] && rows == examples * positions;
        var left = shape.ToList();
        // Heads are often folded into the examples.
        var hasExamples = left.Remove(examples) || left.RemoveAll(s => s > examples && s % examples == 0 && s != positions) > 0;
        return hasExamples && left.Remove(positions) && left.Aggregate(1L, (product, size) => product * size) > 1;
    }
}
