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

            It is proved by the dimension in a traced step, or by what made the prediction and columns that sum to 1.

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
                    return Found(Text(operation.Inputs[0].Shape), EvidenceClass.Proved, operation.Phase == Phase.Evaluate ? Level.Warning : Level.Error, operation.Site, operation.Module,
                        trace.Operations[loss].Site, new Evidence("dimension of the softmax", "0, the batch", "1, the classes", "definition"));
                }

        foreach (var guilty in Tallies.All.Where(t => t.IsAlways))
        {
            var made = MakerOf(guilty.Example) is "softmax";
            if (!made && (guilty.Yes < limits.Batches || MakerOf(guilty.Example).Length > 0 || !HasSymptom)) continue;
            return Found(Text(guilty.Example.Input!.Shape), made ? EvidenceClass.Proved : EvidenceClass.Suspected, guilty.Train > 0 ? Level.Error : Level.Warning, guilty.Example.MadeAt, guilty.Example.MadeIn, guilty.Site,
                new Evidence("batches whose columns sum to 1, and not their rows", guilty.Share, "0", "definition"));
        }

        return Graph.Traces.Count > 0 && !Tallies.All.Any() ? Passed("no softmax that goes into a loss runs over the batch")
            : Innocent("a loss of several classes", "predictions sum to 1 over the classes, or not at all");
    }

    Verdict Found(string shape, EvidenceClass evidence, Level level, Site? made, string? module, Site? called, params Evidence[] rows) =>
        Found(Finding($"softmax of a prediction of shape {shape} runs over the examples of the batch, not over the classes", evidence, level) with
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
        if (trace.NameAt(position) is not ("softmax" or "log_softmax") || operation is not { Dimension: 0, Inputs: [{ Shape: [> 1, > 1, ..] shape }, ..] } || shape.Count == 2 && shape[0] == shape[1]) return null;
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
                }
                else if (trace.NameAt(use) is "mul" or "gather" or "index" && IsLogarithm(trace, at) && next.Inputs.Where(t => trace.SourceOf(t, use).Maker != at).All(t => !trace.DependsOnParameter(t, use)))
                {
                    // Log-probabilities picked by something that is given: a cross-entropy written by hand.
                    return use;
                }
                else if (trace.NameAt(use) is "log" or "clamp" or "clamp_min" or "neg" or "add" && next.Inputs.Count == 1 && seen.Add(use)) queue.Enqueue(use);
            }

        return null;
    }

    static bool IsLogarithm(OperationTrace trace, int position) => trace.NameAt(position) is "log" or "log_softmax" or "neg";

    static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";
}
