using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES217 hidden-state-carried</summary>
public sealed class HiddenStateCarried() : CrashCheck(About, CrashKind.GraphTwice, CrashKind.InPlace)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES217",
        Name = "hidden-state-carried",
        Level = Level.Error,
        Summary = "the recurrent state is kept from one batch to the next, with its graph",
        Explains = ["PES218", "PES315", "PES801"],
        Docs = """
            ## Why it matters
            A hidden state that is passed on to the next batch carries the graph of all batches before it. The backward pass then runs into a graph that
            is already freed, and the program ends; with `retain_graph=True` it runs on, through more and more steps, slower and slower, until
            the memory is full or a weight that was meanwhile updated is needed.

            ## When it is a false alarm
            A state that is detached between the batches (truncated backpropagation through time) is right and silent. So are several losses that share one graph within
            a step.

            ## What to do
            `hidden = hidden.detach()` (both tensors of an LSTM) before the next batch, or start from zeros.
            """,
    };

    static readonly HashSet<string> _recurrent = new(StringComparer.Ordinal) { "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell" };

    long _retained, _backwards;

    /// <summary>The exception comes from a graph that reaches back into the step before.</summary>
    internal static bool IsCarried(OperationGraph graph, ExceptionRaised crash, IEnumerable<ModuleBuilt> modules)
    {
        var kind = Crashes.KindOf(crash);
        if (kind is not (CrashKind.GraphTwice or CrashKind.InPlace)) return false;
        if (Carried(graph, leafKnown: false) is not null) return true;
        // Without a trace: only a recurrent network whose second step fails at a freed graph.
        return kind == CrashKind.GraphTwice && graph.Traces.Count == 0 && crash.Step > 0 && modules.Any(m => _recurrent.Contains(m.Type));
    }

    /// <summary>An operation inside of a network that takes a tensor with a graph that no operation of its step made.</summary>
    /// <param name="leafKnown">Only a tensor that is known to be no leaf; without an exception a leaf of the program's own would look the same.</param>
    static (OperationSeen Operation, TensorFacts State)? Carried(OperationGraph graph, bool leafKnown)
    {
        foreach (var trace in graph.Traces.Where(t => t is { IsTruncated: false, Step: > 0 }))
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (operation.Module is null || operation.Phase == Phase.Evaluate || !operation.GradientsOn) continue;
                foreach (var input in operation.Inputs)
                    if (input is { RequiresGrad: true, Id: not null, Shape.Count: > 1 } && !OperationTrace.IsParameter(input) && (leafKnown ? input.Leaf == false : input.Leaf != true) && trace.MakerOf(input, i) is null)
                        return (operation, input);
            }

        return null;
    }

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Action != LoopAction.Backward) return;
        _backwards++;
        if (observation.Retained) _retained++;
    }

    public override Verdict Conclude()
    {
        if (Crash is { } crash && IsCarried(Graph, crash, Modules))
            return Found(Explain("the backward pass reaches into the step before: the recurrent state still has its graph", Fix) with { Related = Places() });

        if (_backwards > 0 && _retained == _backwards && Carried(Graph, leafKnown: true) is { } carried)
            return Found(Finding("each backward pass reaches through all steps before it: the recurrent state still has its graph", EvidenceClass.Proved) with
            {
                Location = At(carried.Operation.Site, carried.Operation.Module),
                Evidence = [new("backward passes that keep the graph", string.Create(CultureInfo.InvariantCulture, $"{_retained} of {_backwards}")), new("state from the step before", Describe(carried.State), "detached", "definition")],
                Fixes = [Fix],
            });
        return Crash is not null ? NotEnoughEvidence("a graph was used twice, and nobody saw a state that is carried on") : NoCrash;
    }

    const string Fix = "detach the state before the next batch: hidden = hidden.detach(); or start each batch from zeros";

    RelatedLocation[] Places() => Carried(Graph, leafKnown: false) is { Operation: { Site: { } site } operation } ? [new(site.File, site.Line, $"{operation.Module} takes the state of the step before")] : [];
}
