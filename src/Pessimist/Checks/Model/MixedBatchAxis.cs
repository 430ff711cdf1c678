using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES205 mixed-batch-axis</summary>
public sealed class MixedBatchAxis(MixedBatchAxis.Limits limits) : GraphCheck(About), IReads<BatchAxisTested>, IReads<BatchObserved>
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
            In a traced step, a `view` or `reshape` that puts the size of the batch on another axis, without moving the elements, is proof as well.

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
    readonly Dictionary<long, long> _examples = [];

    void IReads<BatchObserved>.Read(BatchObserved observation)
    {
        if (observation.Inputs is [{ Shape: [var n, ..] }, ..] && _examples.Count < 10_000) _examples[observation.Step] = n;
    }

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

    /// <summary>The same sizes in another order, made without moving an element: the batch has become another axis.</summary>
    Verdict? Regrouped()
    {
        foreach (var trace in Graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                if (trace.NameAt(i) is not ("view" or "reshape" or "unsafe_view") || trace.Operations[i] is not { Inputs: [{ Shape: { Count: > 2 } from }, ..], Outputs: [{ Shape: { Count: > 2 } to }, ..] } operation) continue;
                // The batch must be the only axis of its size, or the new first axis might be the batch still.
                if (!_examples.TryGetValue(trace.Step, out var n) || from[0] != n || to[0] == n || n < 2 || from.Count(s => s == n) != 1 || to[0] == 1) continue;
                if (from.Count != to.Count || !from.Order().SequenceEqual(to.Order())) continue;
                var shapes = string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", from)}] to [{string.Join(", ", to)}]");
                return Found(Finding($"{operation.Operation} {shapes} mixes the examples: it regroups the elements where a transpose moves them", EvidenceClass.Proved) with
                {
                    Location = At(operation.Site, operation.Module),
                    Evidence = [new("axis of the batch", string.Create(CultureInfo.InvariantCulture, $"0, of size {n}, then {to.ToList().IndexOf(n)}"), "moved by transpose or permute", "definition")],
                    Fixes = [$"use transpose or permute instead of {operation.Operation}"],
                });
            }

        return null;
    }
}
