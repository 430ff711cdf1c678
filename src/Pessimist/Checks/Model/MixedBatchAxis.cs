using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES205 mixed-batch-axis</summary>
public sealed class MixedBatchAxis(MixedBatchAxis.Limits limits) : GraphCheck(About), IReads<BatchAxisTested>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES205",
        Name = "mixed-batch-axis",
        Level = Level.Error,
        Summary = "the output for one example depends on the others in the batch",
        Explains = ["PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            A `view` or `reshape` where a `permute` belongs mixes the examples. The network runs, and learns something else.

            The gradient of one output with respect to every input is computed, in evaluation mode: it must be exactly 0 for all inputs but its own.
            In a traced step, a `view` or `reshape` that makes the axis of the batch from other elements than before is proof as well.

            ## When it is a false alarm
            Networks that let examples look at each other on purpose: contrastive heads, attention over the batch, set networks.

            ## What to do
            Look for `view`, `reshape`, `flatten` and means whose axis is the batch.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the gradient on other inputs to that on the example's own.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 1e-6;
    }

    BatchAxisTested? _tested;

    public void Read(BatchAxisTested observation) => _tested = observation;

    public override Verdict Conclude()
    {
        if (Regrouped() is { } regrouped) return regrouped;
        if (_tested is not { } tested) return NotEnoughEvidence("it was not tested");
        if (!double.IsFinite(tested.AcrossExamples) || !double.IsFinite(tested.OwnExample)) return NotEnoughEvidence("the gradients are not finite");
        if (tested.AcrossExamples == 0) return tested.OwnExample == 0
            ? NotEnoughEvidence("no output depends on any input yet") : Passed("each output depends on its own input only");
        return tested.AcrossExamples <= limits.Share * tested.OwnExample
            ? Passed("each output depends on its own input only, up to rounding")
            : Found(Finding("the output for one example depends on other examples of the batch", EvidenceClass.Proved) with
            {
                Evidence =
                [
                    new("largest gradient on another example's input", tested.AcrossExamples.ToString("0.##e0", CultureInfo.InvariantCulture), "0", "definition"),
                    new("largest gradient on its own input", tested.OwnExample.ToString("0.##e0", CultureInfo.InvariantCulture)),
                ],
                Fixes = ["look for view, reshape, flatten or a mean over the batch axis in the forward pass"],
            });
    }

    /// <summary>A view keeps the elements in their order: the axis of the batch stays what it is only where equally many elements lie before it.</summary>
    Verdict? Regrouped()
    {
        foreach (var trace in Graph.Traces)
        {
            if (ExampleFlow.Examples(trace, out _) is not { } n) continue;
            var ambiguous = ExampleFlow.IsAmbiguous(trace, n);
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                if (trace.NameAt(i) is not ("view" or "reshape" or "unsafe_view") || trace.Operations[i] is not { Inputs: [{ } source, ..], Outputs: [{ Shape: var to }, ..], Module: not null } operation) continue;
                if (ambiguous && trace.RoleOf(source) != "input 0") continue;
                var from = source.Shape;
                if (ExampleFlow.AxisOf(from, n) is not { } before || ExampleFlow.AxisOf(to, n) is not { } after || Before(from, before) == Before(to, after)) continue;
                return Found(Finding($"{operation.Operation} of [{Text(from)}] to [{Text(to)}] mixes the examples: it regroups the elements where a transpose moves them", EvidenceClass.Proved) with
                {
                    Location = At(operation.Site, operation.Module),
                    Evidence = [new("elements before the axis of the batch", string.Create(CultureInfo.InvariantCulture, $"{Before(from, before)}, then {Before(to, after)}"), "as many as before", "definition"),
                        new("examples in the batch", n.ToString(CultureInfo.InvariantCulture))],
                    Fixes = [$"move the axis with transpose or permute before {operation.Operation}"],
                });
            }
        }

        return null;
    }

    static long Before(IReadOnlyList<long> shape, int axis) => shape.Take(axis).Aggregate(1L, (a, b) => a * b);

    static string Text(IReadOnlyList<long> shape) => string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)));
}
