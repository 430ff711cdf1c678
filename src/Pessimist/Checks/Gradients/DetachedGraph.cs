using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Gradients;

/// <summary>PES405 detached-graph</summary>
public sealed class DetachedGraph(DetachedGraph.Limits limits) : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES405",
        Name = "detached-graph",
        Level = Level.Error,
        Summary = "no gradient reaches the first layers, though they ask for one",
        Explains = [.. Consequences.OfNotTraining, "PES208"],
        Docs = """
            ## Why it matters
            Something between these layers and the loss cuts the graph: `detach`, `data`, `no_grad`, a round trip through another library. What
            lies before the cut never learns.

            ## When it is a false alarm
            A frozen backbone: switch `requires_grad` off for it, or leave it out of the optimizer, and nothing is reported. Parameters in the middle or
            at the end that get no gradient are unused (unused-parameters), not cut off. In a game, a network that does not move at a step
            gets no gradient there; only one that never gets any counts, and only when an optimizer holds it.

            ## What to do
            Find the cut in the forward pass and remove it.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Sampled steps of a watched program, at none of which a gradient reaches the parameters.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 8;
    }

    readonly LoopOrder _order = new();
    readonly OperationGraph _graph = new();

    protected override void OnOperation(OperationSeen observation) => _graph.Read(observation);

    /// <summary>
    /// Where a training step cuts the graph behind parameters: an operation of which nothing asks for a gradient, though something that goes in does or
    /// is one of them, and whose result the network goes on with.
    /// </summary>
    Site? CutAt(HashSet<string> cut)
    {
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (operation is not { Phase: not Phase.Evaluate, Site: { } site, Outputs: [{ RequiresGrad: false } output, ..] } || output.Count() < 2 || !OperationNames.IsFloating(output.DType)) continue;
                if (!operation.Inputs.Any(x => x.RequiresGrad) || !DependsOn(trace, operation, i, cut)) continue;
                if (trace.Operations.Skip(i + 1).Any(o => o.Outputs.Any(x => x.RequiresGrad) && o.Phase != Phase.Evaluate)) return site;
            }

        return null;
    }

    static bool DependsOn(OperationTrace trace, OperationSeen operation, int position, HashSet<string> cut) => operation.Inputs.Any(x =>
        trace.Ancestor(x, position, a => OperationTrace.IsParameter(a) && cut.Contains(a.Role!["parameter ".Length..])) is not null);


    protected override void OnLoop(LoopEvent observation) => _order.Read(observation);

    public override Verdict Conclude()
    {
        var asking = Roll.Asking.ToArray();
        if (asking.Length == 0) return NotEnoughEvidence("no parameter was observed");
        if (_order.Backwards > 0) return Watched(asking);
        // Only who watches a program knows the optimizers: it ended before its first backward pass.
        return asking.Any(e => e.Parameter.Optimizers is not null) ? NotEnoughEvidence("no backward pass was seen") : Once(asking);
    }

    /// <summary>One network, one backward pass.</summary>
    Verdict Once(RollEntry[] asking)
    {
        var cut = asking.TakeWhile(p => !p.GetsGradient).ToArray();
        return cut.Length == 0 ? Passed($"a gradient reaches {asking[0].FullName}") : Found(Cut(cut, asking));
    }

    /// <summary>Several networks, many steps, some of which pass some networks by.</summary>
    Verdict Watched(RollEntry[] asking)
    {
        if (2 * _order.EmptySteps > _order.Steps) return NotEnoughEvidence("gradients are cleared before each step: which there were cannot be seen");
        var waiting = false;
        foreach (var network in asking.GroupBy(e => e.Parameter.Model))
        {
            // What the optimizers were not given is not meant to learn, and what no operation reads is unused. What moves got a gradient that was not kept
            // with it, as by autograd.grad.
            var cut = network.TakeWhile(e => !e.GetsGradient).Where(e => e is { Optimized: true, MovedWithout: 0 } && e.Used != false).ToArray();
            if (cut.Length == 0) continue;
            if (cut.Any(e => e.Measured < limits.FewestSteps)) waiting = true;
            else if (network.Any(e => e.GetsGradient) || Roll.OptimizerOf(cut[0]) is { } optimizer && _order.Stepping.GetValueOrDefault(optimizer.Optimizer) >= limits.FewestSteps)
                return Found(Cut(cut, [.. network]));
        }

        return waiting ? NotEnoughEvidence($"some parameters got no gradient yet; at least {limits.FewestSteps} sampled steps are needed")
            : Passed("a gradient reaches the first layers of every network that is trained");
    }

    Finding Cut(RollEntry[] cut, RollEntry[] network)
    {
        var next = network.FirstOrDefault(e => e.GetsGradient);
        var at = CutAt([.. cut.Select(c => c.FullName)]);
        return Finding($"no gradient reaches {DidYouMean.List(cut.Select(p => p.FullName), 6)}", EvidenceClass.Proved) with
        {
            Location = At((next ?? cut[^1]).Parameter.Site, (next ?? cut[^1]).FullName),
            Related =
            [
                .. at is null ? Array.Empty<RelatedLocation>() : [new RelatedLocation(at.File, at.Line, "the graph is cut here")],
                .. cut[^1].Parameter.Site is { } site && next is not null ? [new RelatedLocation(site.File, site.Line, "the last that gets no gradient")] : Array.Empty<RelatedLocation>(),
            ],
            Evidence = [new("parameters without a gradient", string.Create(CultureInfo.InvariantCulture, $"{cut.Length} of {network.Length}, from the input on"), "0", "definition")],
            Fixes = [next is null ? "the loss does not depend on any parameter: look for detach, no_grad or a new tensor in the loss"
                : $"look between {cut[^1].FullName} and {next.FullName} for what cuts the graph; or switch their gradients off on purpose"],
        };
    }
}
