using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

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

            It is proved by a trace: a sum outside of the network takes a loss that a backward pass started from already, graph and all, or one of an earlier
            step, and nothing is computed from the sum.

            ## When it is a false alarm
            Losses that are summed first and sent backward together (accumulation, meta-learning) are silent: no backward pass started from any of them
            alone. So are sums of `loss.item()`, and sums that are only printed.

            ## What to do
            `total += loss.item()`, or `loss.detach()`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Measurements of memory that must grow one after the other when the trace does not tell.</summary>
        [Origin(Origin.Convention)] public int Measurements { get; init; } = 5;
    }

    const int MostSteps = 20_000;

    /// <summary>What backward passes started from, by step.</summary>
    readonly Dictionary<long, List<double>> _started = [];
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
                if (trace.NameAt(i) is not "add" || operation.Phase == Phase.Evaluate || !string.IsNullOrEmpty(operation.Module) || operation.Outputs is not [{ RequiresGrad: true } sum, ..] || sum.Count() != 1) continue;
                // What goes on into further arithmetic may yet go backward; what is read as a number is only printed.
                if (trace.ConsumersOf(i).Any() || !operation.Inputs.Any(x => IsKept(x) && trace.MakerOf(x, i) is null) || !operation.Inputs.Any(x => IsKept(x) && WentBackward(Unscaled(trace, x, i), trace.Step))) continue;
                return Found(operation.Site, new Evidence("loss that went backward already, added with its graph", operation.Operation, "loss.item()", "definition"));
            }

        if (_memory.Count == 0) return Graph.Traces.Count == 0 ? NotEnoughEvidence("neither a trace nor memory was recorded") : Passed("no loss is kept with its graph");
        var growing = _memory.Where(m => m.Holder is not null).ToArray();
        if (growing.Length >= limits.Measurements && growing.Zip(growing.Skip(1)).All(p => p.Second.Tensors > p.First.Tensors && p.Second.Holder!.Count > p.First.Holder!.Count))
            return Found(growing[^1].Holder!.Site, new Evidence(growing[^1].Holder!.What, string.Create(CultureInfo.InvariantCulture, $"{growing[0].Holder!.Count} after step {growing[0].Step}, {growing[^1].Holder!.Count} after step {growing[^1].Step}"), "constant", "definition"));
        return Passed("no loss is kept with its graph");
    }

    /// <summary>A loss times the size of its batch, as meters sum it, is that loss.</summary>
    static TensorFacts Unscaled(OperationTrace trace, TensorFacts tensor, int before) =>
        trace.MakerOf(tensor, before) is { } maker && trace.NameAt(maker) is ("mul" or "div") && trace.Operations[maker].Inputs is [{ } only] ? only : tensor;

    static bool IsKept(TensorFacts tensor) => tensor is { RequiresGrad: true, Id: not null } && tensor.Leaf != true && tensor.Count() == 1 && !OperationTrace.IsParameter(tensor);

    bool WentBackward(TensorFacts tensor, long step) =>
        tensor.Mean is { } value && new[] { step - 1, step }.Any(s => _started.TryGetValue(s, out var losses) && losses.Any(l => Math.Abs(l - value) <= 1e-6 * Math.Abs(value)));

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is not { Action: LoopAction.Backward, Loss: { } loss } || !double.IsFinite(loss)) return;
        if (!_started.TryGetValue(observation.Step, out var losses))
        {
            if (_started.Count >= MostSteps) return;
            _started[observation.Step] = losses = [];
        }

        if (losses.Count < 64) losses.Add(loss);
    }

    Verdict Found(Site? site, Evidence evidence) => Found(Finding("losses are kept together with their graphs, step after step", EvidenceClass.Proved) with
    {
        Location = At(site),
        Evidence = [evidence, .. _memory.Count > 1 ? new Evidence[] { new("tensors alive", string.Create(CultureInfo.InvariantCulture, $"{_memory[0].Tensors} after step {_memory[0].Step}, {_memory[^1].Tensors} after step {_memory[^1].Step}")) } : []],
        Fixes = ["keep the number only: total += loss.item()"],
    });
}
