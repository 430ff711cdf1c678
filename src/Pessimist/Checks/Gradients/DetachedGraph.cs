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

        /// <summary>The same where an optimizer takes that many steps and nothing that it holds has a gradient in those that were sampled: in a game each is sampled
        /// in its own steps only.</summary>
        [Origin(Origin.Convention)] public int FewestOwnSteps { get; init; } = 5;
    }

    const int MostSteps = 4096;

    readonly LoopOrder _order = new();
    readonly OperationGraph _graph = new();

    // The optimizer that ended a step.
    readonly Dictionary<long, int> _stepped = [];

    protected override void OnOperation(OperationSeen observation) => _graph.Read(observation);

    /// <summary>
    /// Where a training step cuts the graph behind parameters: an operation of which nothing asks for a gradient, though something that goes in does or
    /// is one of them, and with whose result something goes on that does.
    /// </summary>
    /// <param name="optimizer">Whose steps are looked at; null for all.</param>
    Site? CutAt(HashSet<string> cut, int? optimizer)
    {
        foreach (var trace in _graph.Traces)
        {
            if (optimizer is { } number && trace.Operations is [var first, ..] && _stepped.TryGetValue(first.Step, out var stepped) && stepped != number) continue;
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (operation is not { Phase: not Phase.Evaluate, Site: { } site, Outputs: [{ RequiresGrad: false } output, ..] } || output.Count() < 2 || !OperationNames.IsFloating(output.DType)) continue;
                if (operation.Inputs.Any(x => x.RequiresGrad) && DependsOn(trace, operation, i, cut) && GoesOn(trace, i)) return site;
            }
        }

        return null;
    }

    /// <summary>Something that asks for a gradient is computed from what an operation made.</summary>
    static bool GoesOn(OperationTrace trace, int position)
    {
        HashSet<int> seen = [position];
        Queue<int> queue = new([position]);
        while (queue.TryDequeue(out var next))
            foreach (var consumer in trace.ConsumersOf(next))
            {
                if (trace.Operations[consumer].Outputs.Any(o => o.RequiresGrad)) return true;
                if (seen.Add(consumer)) queue.Enqueue(consumer);
            }

        return false;
    }

    /// <summary>It may have been computed before the trace began, as what a generator made is in the turn of the discriminator.</summary>
    static bool DependsOn(OperationTrace trace, OperationSeen operation, int position, HashSet<string> cut) => operation.Inputs.Any(x =>
        trace.Ancestor(x, position, a => OperationTrace.IsParameter(a) ? cut.Contains(a.Role!["parameter ".Length..]) : a.RequiresGrad && trace.MakerOf(a, position) is null) is not null);


    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _order.Read(observation);
        if (observation is { Action: LoopAction.OptimizerStep, Subject: { } subject } && _stepped.Count < MostSteps) _stepped.TryAdd(observation.Step, subject);
    }

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
            var gets = network.Any(e => e.GetsGradient);
            var steps = !gets && Roll.OptimizerOf(cut[0]) is { } optimizer && _order.Stepping.GetValueOrDefault(optimizer.Optimizer) >= limits.FewestSteps;
            if (cut.Any(e => e.Measured < (steps ? limits.FewestOwnSteps : limits.FewestSteps))) waiting = true;
            else if (gets || steps)
                return Found(Cut(cut, [.. network]));
        }

        return waiting ? NotEnoughEvidence($"some parameters got no gradient yet; at least {limits.FewestSteps} sampled steps are needed")
            : Passed("a gradient reaches the first layers of every network that is trained");
    }

    Finding Cut(RollEntry[] cut, RollEntry[] network)
    {
        var next = network.FirstOrDefault(e => e.GetsGradient);
        var at = CutAt([.. cut.Select(c => c.FullName)], Roll.OptimizerOf(cut[0])?.Optimizer);
        var layer = At((next ?? cut[^1]).Parameter.Site, (next ?? cut[^1]).FullName);
        return Finding($"no gradient reaches {DidYouMean.List(cut.Select(p => p.FullName), 6)}", EvidenceClass.Proved) with
        {
            Location = At(at, cut[^1].FullName) ?? layer,
            Related =
            [
                .. at is null || layer?.Line is null ? Array.Empty<RelatedLocation>() : [new RelatedLocation(layer.File, layer.Line, next is null ? "no gradient reaches this layer" : "the first layer that gets a gradient")],
                .. cut[^1].Parameter.Site is { } site && next is not null ? [new RelatedLocation(site.File, site.Line, "the last that gets no gradient")] : Array.Empty<RelatedLocation>(),
            ],
            Evidence = [new("parameters without a gradient", string.Create(CultureInfo.InvariantCulture, $"{cut.Length} of {network.Length}, from the input on"), "0", "definition")],
            Fixes = [at is not null ? "let the gradient through where the graph is cut; or switch the gradients of these layers off on purpose" : next is null ? "the loss does not depend on any parameter: look for detach, no_grad or a new tensor in the loss"
                : $"look between {cut[^1].FullName} and {next.FullName} for what cuts the graph; or switch their gradients off on purpose"],
        };
    }
}
