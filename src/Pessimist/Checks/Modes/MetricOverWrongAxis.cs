using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES603 metric-over-wrong-axis</summary>
public sealed class MetricOverWrongAxis() : Check(About), IReads<OperationSeen>, IReads<LossObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES603",
        Name = "metric-over-wrong-axis",
        Level = Level.Error,
        Summary = "the metric takes the largest output over the batch, or compares every prediction with every label",
        Explains = ["PES604", "PES610"],
        Docs = """
            ## Why it matters
            `argmax(0)` says which example has the largest output for a class, and not which class an example has. Comparing (N, 1) with (N) gives N x N
            answers. Both run, and the number looks like one of an untrained network.

            ## How it is told
            In a traced step: an argmax or max along the batch, or along another axis than the classes, over outputs of the shape that the loss gets, whose result
            is compared with the targets; an argmax along an axis of length 1; or a comparison of predictions (N, 1) with targets (N), or the other way round.

            ## When it is a false alarm
            Silent are: comparisons with anything but the targets of the batch, and similarities of examples with each other, as in retrieval, where both axes
            of the matrix are looked at;
            outputs without a batch axis.

            ## What to do
            `output.argmax(1) == target`, both of shape (N).
            """,
    };

    readonly OperationGraph _graph = new();
    readonly HashSet<string> _outputs = [];

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Kind: "cross-entropy" or "nll", Input: { Shape.Count: > 1 } input } && _outputs.Count < 1000) _outputs.Add(Text(input.Shape));
    }

    public override Verdict Conclude()
    {
        if (_graph.Traces.Count == 0) return NotEnoughEvidence("no step was traced");
        var compared = false;
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                if (trace.NameAt(i) is not ("eq" or "equal") || trace.Operations[i].Inputs is not [{ } a, { } b, ..]) continue;
                var (prediction, target) = IsTarget(trace, b, i) ? (a, b) : (b, a);
                if (!IsTarget(trace, target, i) || IsTarget(trace, prediction, i) || DecisionOf(trace, prediction, i) is not { } decision) continue;
                compared = true;
                if (Judge(trace, i, decision, prediction, target) is { } finding) return Found(finding);
            }

        return compared ? Passed("predictions are compared with targets along the right axis") : NotEnoughEvidence("no comparison of predictions with targets was traced");
    }

    Finding? Judge(OperationTrace trace, int position, int decision, TensorFacts prediction, TensorFacts target)
    {
        var operation = trace.Operations[decision];
        if (trace.NameAt(decision) is "argmax" or "max" && operation is { Dimension: { } dimension, Inputs: [{ Shape: { Count: > 1 } shape }, ..] } && dimension != 1 && _outputs.Contains(Text(shape))
            && (HasRole(trace, target, position) || IsMadeByLayer(trace, operation.Inputs[0], decision)))
        {
            return Finding($"the metric takes the {operation.Operation} over axis {dimension} of outputs {Text(shape)}: {(dimension == 0 ? "the batch" : "no axis of classes")}", EvidenceClass.Proved) with
            {
                Location = At(operation),
                Evidence = [new($"axis of {operation.Operation}", dimension.ToString(CultureInfo.InvariantCulture), "1, the classes", "definition")],
                Fixes = [$"use {operation.Operation}(1)"],
            };
        }

        if (trace.NameAt(decision) == "argmax" && operation is { Dimension: { } along, Inputs: [{ Shape: { Count: > 1 } scores }, ..] } && Length(scores, along) == 1 && target.Count() > 1)
        {
            return Finding($"the metric takes the argmax over an axis of length 1 of outputs {Text(scores)}: every prediction is class 0", EvidenceClass.Proved) with
            {
                Location = At(operation),
                Evidence = [new("length of the axis of argmax", "1", "the number of classes, 2 or more", "definition")],
                Fixes = ["of one output for two classes, compare with a threshold: output > 0 for logits, > 0.5 for probabilities"],
            };
        }

        if (!IsCrossed(prediction.Shape, target.Shape) && !IsCrossed(target.Shape, prediction.Shape)) return null;
        return Finding($"predictions {Text(prediction.Shape)} are compared with targets {Text(target.Shape)}: every one with every other", EvidenceClass.Proved) with
        {
            Location = At(trace.Operations[position]),
            Evidence = [new("shape of the comparison", Text(trace.Operations[position].Outputs is [{ } output, ..] ? output.Shape : []), Text([Math.Max(prediction.Shape[0], target.Shape[^1])]), "definition")],
            Fixes = ["give both the same shape: squeeze(1) the one with the axis of length 1"],
        };
    }

    /// <summary>(N, 1) with (N) or (1, N), N above 1.</summary>
    static bool IsCrossed(IReadOnlyList<long> a, IReadOnlyList<long> b) => a is [> 1, 1] && (b is [> 1] || b is [1, > 1]) && b[^1] == a[0];

    /// <summary>The target of the batch; or whole numbers that came into the step from outside, whole or in parts.</summary>
    static bool IsTarget(OperationTrace trace, TensorFacts tensor, int before)
    {
        if (HasRole(trace, tensor, before)) return true;
        for (var steps = 0; steps < 16; steps++)
        {
            if (tensor.Role is not null || tensor.DType is not ("int64" or "int32" or "int16" or "uint8")) return false;
            if (trace.MakerOf(tensor, before) is not { } maker) return true;
            var name = trace.NameAt(maker);
            if (!OperationNames.IsView(name) && !OperationNames.IsPart(name) || trace.Operations[maker].Inputs.Count == 0) return false;
            (tensor, before) = (trace.Operations[maker].Inputs[0], maker);
        }

        return false;
    }

    static bool HasRole(OperationTrace trace, TensorFacts tensor, int before) => trace.SourceOf(tensor, before).Tensor.Role?.StartsWith("target", StringComparison.Ordinal) == true;

    /// <summary>Scores of classes have weights of their own; similarities of examples with each other have not.</summary>
    static bool IsMadeByLayer(OperationTrace trace, TensorFacts tensor, int before)
    {
        for (var steps = 0; steps < 16; steps++)
        {
            if (trace.SourceOf(tensor, before) is not { Maker: { } maker }) return false;
            var operation = trace.Operations[maker];
            if (operation.Inputs.Any(OperationTrace.IsParameter)) return true;
            if (trace.NameAt(maker) is not ("softmax" or "log_softmax" or "sigmoid") || operation.Inputs.Count == 0) return false;
            (tensor, before) = (operation.Inputs[0], maker);
        }

        return false;
    }

    /// <summary>The operation that made a decision out of outputs of the network, looking through views and casts; null when there is none.</summary>
    static int? DecisionOf(OperationTrace trace, TensorFacts tensor, int before)
    {
        for (var steps = 0; steps < 16; steps++)
        {
            if (trace.MakerOf(tensor, before) is not { } maker || trace.Operations[maker].Inputs.Count == 0) return null;
            var name = trace.NameAt(maker);
            if (name is "argmax" or "max" or "round" or "gt" or "ge" or "lt" or "le" or "sign" or "topk")
                return trace.DependsOnParameter(trace.Operations[maker].Inputs[0], maker) ? maker : null;
            if (!OperationNames.IsView(name) && !OperationNames.IsCast(name) && !OperationNames.IsIntegerCast(name) && !OperationNames.IsPart(name)) return null;
            (tensor, before) = (trace.Operations[maker].Inputs[0], maker);
        }

        return null;
    }

    static long Length(IReadOnlyList<long> shape, int axis) => axis < 0 ? axis + shape.Count >= 0 ? shape[axis + shape.Count] : 0 : axis < shape.Count ? shape[axis] : 0;

    static Location? At(OperationSeen operation) => Location.Of(operation.Site);

    static string Text(IReadOnlyList<long> shape) => $"({string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))})";
}
