namespace Pessimist.Signals;

/// <summary>Where the examples of the batch go in a traced step.</summary>
public static class ExampleFlow
{
    /// <summary>
    /// The number of examples, when the step itself shows it: rows drawn from the data by an index, or one target each. Null when it does not.
    /// </summary>
    /// <param name="isDrawn">The rows were drawn by an index: their order means nothing.</param>
    public static long? Examples(OperationTrace trace, out bool isDrawn)
    {
        ArgumentNullException.ThrowIfNull(trace);
        isDrawn = false;
        for (var i = 0; i < trace.Operations.Count; i++)
            foreach (var input in trace.Operations[i].Inputs)
            {
                if (trace.RoleOf(input) != "input 0" || input.RequiresGrad) continue;
                if (trace.SourceOf(input, i).Maker is { } maker && trace.NameAt(maker) is "index_select" or "index" && trace.Operations[maker] is { Outputs: [{ Shape: var shape }, ..], Inputs: [_, .., { Shape: [var n] }] } && n > 1 && shape.Contains(n))
                {
                    isDrawn = true;
                    return n;
                }
            }

        for (var i = 0; i < trace.Operations.Count; i++)
            if (trace.IsLoss(i) && trace.Operations[i].Inputs is [{ Shape: [> 1, ..] scores }, { Shape: [.., _] target }, ..] && (target.Count == 1 || target is [_, 1]) && scores[0] == target[0]) return target[0];
        return null;
    }

    /// <summary>The axis of the examples; null where their number does not tell it from the others.</summary>
    public static int? AxisOf(IReadOnlyList<long> shape, long examples)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int? axis = null;
        for (var i = 0; i < shape.Count; i++)
        {
            if (shape[i] != examples) continue;
            if (axis is not null) return null;
            axis = i;
        }

        return axis;
    }

    /// <summary>The size of some axis of some parameter is that number too: then an axis of that size may be something else.</summary>
    public static bool IsAmbiguous(OperationTrace trace, long examples)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return trace.Operations.SelectMany(o => o.Inputs).Any(t => OperationTrace.IsParameter(t) && t.Shape.Contains(examples));
    }

    /// <summary>
    /// A network takes its input apart into examples, and computes something from two of them: the position of the first operation that does. What is put
    /// together again as it was (stack, cat) is not.
    /// </summary>
    public static int? Joins(OperationTrace trace, long examples)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Dictionary<long, int> example = [];
        for (var i = 0; i < trace.Operations.Count; i++)
        {
            var operation = trace.Operations[i];
            if (trace.NameAt(i) == "unbind" && operation.Module is not null && operation.Inputs is [{ } input] && trace.RoleOf(input) == "input 0" && operation.Dimension is { } dimension
                && input.Shape.Count > 2 && AxisOf(input.Shape, examples) == dimension)
            {
                foreach (var (k, output) in operation.Outputs.Index())
                    if (output.Id is { } id) example[id] = k;
                continue;
            }

            if (example.Count == 0 || trace.NameAt(i) is "stack" or "cat") continue;
            var from = operation.Inputs.Select(t => t.Id is { } id && example.TryGetValue(id, out var k) ? k : -1).Where(k => k >= 0).Distinct().Take(2).ToArray();
            if (from.Length == 2) return operation.Module is null ? null : i;
            if (from is [var only])
                foreach (var output in operation.Outputs)
                    if (output.Id is { } id) example[id] = only;
        }

        return null;
    }
}
