using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES307 softmax-over-wrong-dimension</summary>
public sealed class SoftmaxOverWrongDimension(SoftmaxOverWrongDimension.Limits limits) : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES307",
        Name = "softmax-over-wrong-dimension",
        Level = Level.Error,
        Summary = "softmax runs over the examples of the batch instead of the classes",
        Explains = [.. Consequences.OfCause, "PES205", "PES305", "PES311"],
        Docs = """
            ## Why it matters
            `softmax(dim=0)` of [batch, classes] makes each class add up to 1 over the batch: the examples compete with each other, the answer for one
            depends on its neighbours, and a batch of one is always sure of everything.

            It is proved by the dimension in a traced step, of a softmax of the framework's or one written out (exponentials over their sum), or by what made the
            prediction and columns that sum to 1.

            ## When it is a false alarm
            Attention over a sequence and softmax anywhere inside of the network are no concern. Contrastive losses compare N examples with N others and
            may normalize either way: square matrices are silent, and so is the ranking of a batch by one score each.

            ## What to do
            `softmax(dim=1)`, or `dim=-1` where the classes are last.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of columns that are nonnegative and sum to 1.</summary>
        [Origin(Origin.Definition)] public double Columns { get; init; } = 0.999;

        /// <summary>Batches that must show it when nobody saw what made the prediction.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 10;
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Input is { Shape: [> 1, > 1, ..] shape } && (shape.Count > 2 || shape[0] != shape[1]);
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Prediction is { } prediction ? prediction.ColumnsSumToOne >= limits.Columns && prediction.RowsSumToOne < 0.5 : null;
    }

    public override Verdict Conclude()
    {
        foreach (var trace in Graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
                if (Wrong(trace, i) is { } loss)
                {
                    var operation = trace.Operations[i];
                    var axis = AxisAt(trace, i)!.Value;
                    return Found(Text(operation.Inputs[0].Shape), EvidenceClass.Proved, operation.Phase == Phase.Evaluate ? Level.Warning : Level.Error, operation.Site, operation.Module,
                        trace.Operations[loss].Site, axis, new Evidence("dimension of the softmax", axis == 0 ? "0, the batch" : axis.ToString(CultureInfo.InvariantCulture), "1, the classes", "definition"));
                }

        foreach (var guilty in Tallies.All.Where(t => t.IsAlways))
        {
            var made = MakerOf(guilty.Example) is "softmax";
            if (!made && (guilty.Yes < limits.Batches || MakerOf(guilty.Example).Length > 0 || !HasSymptom)) continue;
            return Found(Text(guilty.Example.Input!.Shape), made ? EvidenceClass.Proved : EvidenceClass.Suspected, guilty.Train > 0 ? Level.Error : Level.Warning, guilty.Example.MadeAt, guilty.Example.MadeIn, guilty.Site, 0,
                new Evidence("batches whose columns sum to 1, and not their rows", guilty.Share, "0", "definition"));
        }

        return Graph.Traces.Count > 0 && !Tallies.All.Any() ? Passed("no softmax that goes into a loss runs over the batch")
            : Innocent("a loss of several classes", "predictions sum to 1 over the classes, or not at all");
    }

    Verdict Found(string shape, EvidenceClass evidence, Level level, Site? made, string? module, Site? called, int axis, params Evidence[] rows) =>
        Found(Finding($"softmax of a prediction of shape {shape} runs over {(axis == 0 ? "the examples of the batch" : $"axis {axis}")}, not over the classes", evidence, level) with
        {
            Location = At(made ?? called, module),
            Related = made is not null && called is not null ? [new RelatedLocation(called.File, called.Line, "the loss is called here")] : [],
            Evidence = rows,
            Fixes = ["softmax(dim=1), or dim=-1 where the classes are last"],
        });

    /// <summary>
    /// The first axis of what the softmax saw still counts examples in the loss: the shape is the same; or, where no other axis is as long, only those
    /// behind it changed places, or examples and positions were laid one behind the other.
    /// </summary>
    static bool KeepsBatch(IReadOnlyList<long> shape, IReadOnlyList<long> input)
    {
        if (input.SequenceEqual(shape)) return true;
        if (shape.Skip(1).Contains(shape[0])) return false;
        return input.Count == shape.Count && input[0] == shape[0] && input.Order().SequenceEqual(shape.Order())
            || input.Count == 2 && shape.Count > 2 && input[1] == shape[^1] && input[0] == shape.SkipLast(1).Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>Position of the loss that gets what a softmax over the batch made.</summary>
    static int? Wrong(OperationTrace trace, int position)
    {
        var operation = trace.Operations[position];
        if (AxisAt(trace, position) is not { } axis || operation is not { Inputs: [{ Shape: [> 1, > 1, ..] shape }, ..] }) return null;
        if (axis != 0) return IsBesideClasses(shape, axis) ? LossOf(trace, position, shape) : null;
        if (shape.Count == 2 && shape[0] == shape[1]) return null;
        Queue<int> queue = new([position]);
        HashSet<int> seen = [position];
        while (queue.TryDequeue(out var at))
            foreach (var use in trace.UsesOf(at))
            {
                var next = trace.Operations[use];
                if (trace.IsLoss(use))
                {
                    var isPrediction = next.Inputs.Count > 1 && trace.SourceOf(next.Inputs[0], use).Maker == at && KeepsBatch(shape, next.Inputs[0].Shape);
                    if (isPrediction && next.Inputs[1].Shape is [var n, ..] && n == next.Inputs[0].Shape[0]) return use;
                    if (IsTeacher(trace, use, at)) return use;
                }
                else if (trace.NameAt(use) is "mul" or "gather" or "index" && IsLogarithm(trace, at) && next.Inputs.Where(t => trace.SourceOf(t, use).Maker != at).All(t => !trace.DependsOnParameter(t, use)))
                {
                    // Log-probabilities picked by something that is given: a cross-entropy written by hand.
                    return use;
                }
                else if (trace.NameAt(use) is "gather" or "index" && IsLoggedLater(trace, use)) return use;
                else if (trace.NameAt(use) is "log" or "clamp" or "clamp_min" or "neg" or "add" && next.Inputs.Count == 1 && seen.Add(use)) queue.Enqueue(use);
            }

        return null;
    }

    /// <summary>The target of a divergence, whose prediction was normalized along another axis.</summary>
    static bool IsTeacher(OperationTrace trace, int loss, int softmax) =>
        trace.NameAt(loss) == "kl_div" && trace.Operations[loss].Inputs is [{ } prediction, { } target, ..] && trace.SourceOf(target, loss).Maker == softmax
        && prediction.Shape.SequenceEqual(target.Shape) && trace.SourceOf(prediction, loss).Maker is { } maker && trace.NameAt(maker) == "log_softmax" && AxisAt(trace, maker) is > 0;

    /// <summary>The framework's losses have classes on the second axis, whatever lies behind it.</summary>
    static bool IsBesideClasses(IReadOnlyList<long> shape, int axis) => shape.Count > 2 && axis > 1 && shape[axis] > 1;

    /// <summary>Position of the loss of classes that gets the result of an operation as it is, axis by axis.</summary>
    static int? LossOf(OperationTrace trace, int position, IReadOnlyList<long> shape)
    {
        foreach (var use in trace.ConsumersOf(position))
            if (trace.NameAt(use) is "nll_loss" or "cross_entropy_loss" && trace.Operations[use].Inputs is [{ } prediction, { } target, ..] && prediction.Shape.SequenceEqual(shape)
                && target.Shape.Count == shape.Count - 1 && trace.MakerOf(prediction, use) == position) return use;
        return null;
    }

    /// <summary>The axis that probabilities sum to 1 along, for a softmax of the framework's or one written out; null for all else.</summary>
    static int? AxisAt(OperationTrace trace, int position)
    {
        var operation = trace.Operations[position];
        if (operation.Inputs.Count == 0) return null;
        int? axis = trace.NameAt(position) is "softmax" or "log_softmax" ? operation.Dimension : trace.SoftmaxByHand(position);
        return axis < 0 ? axis + operation.Inputs[0].Shape.Count : axis;
    }

    /// <summary>The probabilities that were picked go into a logarithm.</summary>
    static bool IsLoggedLater(OperationTrace trace, int position) => trace.UsesOf(position).Any(u => trace.NameAt(u) == "log"
        || trace.NameAt(u) is "add" or "clamp" or "clamp_min" && trace.UsesOf(u).Any(v => trace.NameAt(v) == "log"));

    static bool IsLogarithm(OperationTrace trace, int position) => trace.NameAt(position) is "log" or "log_softmax" or "neg";

    static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";
}
