using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES315 retained-graph</summary>
public sealed class RetainedGraph(RetainedGraph.Limits limits) : GraphCheck(About), IReads<MemoryMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES315",
        Name = "retained-graph",
        Level = Level.Error,
        Summary = "losses are kept together with their graphs: memory grows with every step",
        Explains = ["PES801", "PES802"],
        Docs = """
            ## Why it matters
            `total += loss` keeps the tensor, its graph, and every activation of every step. Memory grows until it is full.

            It is proved by a trace: a sum outside of the network takes a value with a graph that no operation of its step made, and nothing goes backward
            from it.

            ## When it is a false alarm
            Losses summed over a few batches and sent backward together (accumulation) are made and used within one step, and are silent. So are sums of
            `loss.item()`, and parameters that are part of the loss.

            ## What to do
            `total += loss.item()`, or `loss.detach()`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Measurements of memory that must grow one after the other when the trace does not tell.</summary>
        [Origin(Origin.Convention)] public int Measurements { get; init; } = 5;
    }

    readonly List<(long Step, long Tensors, MemoryHolder? Holder)> _memory = [];

    void IReads<MemoryMeasured>.Read(MemoryMeasured observation)
    {
        if (observation.Tensors is { } tensors && _memory.Count < 1000) _memory.Add((observation.Step, tensors, observation.Holders.FirstOrDefault(h => h.What.Contains("graph", StringComparison.Ordinal))));
    }

    public override Verdict Conclude()
    {
        foreach (var trace in Graph.Traces.Where(t => t is { IsTruncated: false, Step: > 0 }))
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (trace.NameAt(i) is not "add" || operation.Phase == Phase.Evaluate || operation.Outputs is not [{ RequiresGrad: true } sum, ..] || sum.Count() != 1) continue;
                var kept = operation.Inputs.FirstOrDefault(x => x is { RequiresGrad: true, Leaf: false, Role: null, Id: not null } && x.Count() == 1 && trace.MakerOf(x, i) is null);
                // What was kept and goes on into further arithmetic may yet go backward.
                if (kept is null || trace.ConsumersOf(i).Any()) continue;
                return Found(operation.Site, new Evidence("sum with a value of an earlier step that has its graph", operation.Operation, "loss.item()", "definition"));
            }

        if (_memory.Count == 0) return Graph.Traces.Count == 0 ? NotEnoughEvidence("neither a trace nor memory was recorded") : Passed("no loss is kept with its graph");
        var growing = _memory.Where(m => m.Holder is not null).ToArray();
        if (growing.Length >= limits.Measurements && growing.Zip(growing.Skip(1)).All(p => p.Second.Tensors > p.First.Tensors && p.Second.Holder!.Count > p.First.Holder!.Count))
            return Found(growing[^1].Holder!.Site, new Evidence(growing[^1].Holder!.What, string.Create(CultureInfo.InvariantCulture, $"{growing[0].Holder!.Count} after step {growing[0].Step}, {growing[^1].Holder!.Count} after step {growing[^1].Step}"), "constant", "definition"));
        return Passed("no loss is kept with its graph");
    }

    Verdict Found(Site? site, Evidence evidence) => Found(Finding("losses are kept together with their graphs, step after step", EvidenceClass.Proved) with
    {
        Location = At(site),
        Evidence = [evidence, .. _memory.Count > 1 ? new Evidence[] { new("tensors alive", string.Create(CultureInfo.InvariantCulture, $"{_memory[0].Tensors} after step {_memory[0].Step}, {_memory[^1].Tensors} after step {_memory[^1].Step}")) } : []],
        Fixes = ["keep the number only: total += loss.item()"],
    });
}
