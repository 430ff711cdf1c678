using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES213 sequence-axis-swapped</summary>
public sealed class SequenceAxisSwapped() : CrashCheck(About, CrashKind.Shape), IReads<BatchObserved>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES213",
        Name = "sequence-axis-swapped",
        Level = Level.Error,
        Summary = "a sequence network takes the batch for the time",
        Explains = [.. Consequences.OfCause, "PES205"],
        Docs = """
            ## Why it matters
            Recurrent layers and attention of PyTorch expect (sequence, batch, feature) unless told `batch_first=True`. Given (batch, sequence, feature)
            they run, over the examples of the batch as if they were steps in time: each example depends on those before it, and nothing is learned.

            It is proved by the shapes: the axis that the layer takes for the time has the size of the batch, and the other one has not. A recurrence
            written by hand is proved where one result is computed from two examples that were drawn at random.

            ## When it is a false alarm
            A long series cut into consecutive steps, where the batch is the time, has one sequence a batch, and is silent. Where both axes are equally long,
            nothing is said.

            ## What to do
            `batch_first=True`, or transpose the first two axes.
            """,
    };

    static readonly HashSet<string> _operations = new(StringComparer.Ordinal) { "lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward", "transformer_encoder_layer_fwd" };

    readonly Dictionary<int, int> _batchSizes = [];
    readonly Dictionary<long, long> _examples = [];
    long? _usual;

    /// <summary>The exception is about a hidden state whose batch is the other axis.</summary>
    internal static bool IsAbout(ExceptionRaised crash)
    {
        if (!crash.Message.Contains("Expected hidden", StringComparison.Ordinal) || crash.Inputs is not [{ Shape.Count: 3 } input, ..]) return false;
        return ShapeMessage.Shapes(crash.Message) is [.., { Length: 3 } expected, { Length: 3 } got] && expected[1] != got[1]
            && (expected[1] == input.Shape[1] && got[1] == input.Shape[0] || expected[1] == input.Shape[0] && got[1] == input.Shape[1]);
    }

    protected override bool Concerns(ExceptionRaised crash) => IsAbout(crash);

    void IReads<LoaderBuilt>.Read(LoaderBuilt observation)
    {
        if (observation.BatchSize is { } size && _batchSizes.Count < 1000) _batchSizes[observation.Loader] = size;
    }

    void IReads<BatchObserved>.Read(BatchObserved observation)
    {
        // The target has one entry an example; the loader's size says the same, but for the last batch.
        var examples = observation.Target is { Shape: { Count: 1 or 2 } target } && (target.Count == 1 || target[1] == 1) ? target[0] : observation.Loader is { } loader && _batchSizes.TryGetValue(loader, out var size) ? size : (long?)null;
        if (examples is not { } known) return;
        if (_examples.Count < 10_000) _examples[observation.Step] = known;
        _usual ??= known;
    }

    public override Verdict Conclude()
    {
        if (Crash is { } crash)
            return Found(Explain($"{Name(crash)} takes axis {(crash.Inputs[0].Shape[1] == ShapeMessage.Shapes(crash.Message)[^2][1] ? 1 : 0)} for the batch, and its hidden state was made for the other one",
                "use batch_first=True, or transpose the first two axes"));

        var looked = false;
        foreach (var trace in Graph.Traces)
        {
            // Only examples drawn at random are surely no steps in time.
            if (ExampleFlow.Examples(trace, out var drawn) is { } all && drawn && ExampleFlow.Joins(trace, all) is { } join)
                return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the network goes through the {all} examples of the batch one after the other, as if they were steps in time"), EvidenceClass.Proved) with
                {
                    Location = At(trace.Operations[join].Site, trace.Operations[join].Module),
                    Evidence = [new("examples that one result is computed from", "2", "1", "definition")],
                    Fixes = ["transpose the first two axes before the network, or go through the other axis"],
                });
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (!_operations.Contains(trace.NameAt(i)) || operation.Inputs is not [{ Shape: { Count: 3 } shape }, ..]) continue;
                if (BatchFirst(operation) is not { } batchFirst || (_examples.TryGetValue(trace.Step, out var n) ? n : _usual) is not { } examples) continue;
                looked = true;
                int time = batchFirst ? 1 : 0, batch = 1 - time;
                // One sequence a batch: a series whose steps were batched.
                if (shape[time] != examples || shape[batch] == examples || shape[batch] == 1 || examples < 2) continue;
                return Found(Finding(string.Create(CultureInfo.InvariantCulture,
                    $"{operation.Module ?? operation.Operation} expects {(batchFirst ? "(batch, sequence, feature)" : "(sequence, batch, feature)")} and is given {Shape(shape)} with {examples} examples in axis {time}"), EvidenceClass.Proved) with
                {
                    Location = At(operation.Site, operation.Module),
                    Evidence =
                    [
                        new("examples in the batch", examples.ToString(CultureInfo.InvariantCulture)),
                        new("axis taken for the batch", string.Create(CultureInfo.InvariantCulture, $"{batch}, of size {shape[batch]}"), examples.ToString(CultureInfo.InvariantCulture), "definition"),
                    ],
                    Fixes = [batchFirst ? "transpose the first two axes, or drop batch_first" : "use batch_first=True, or transpose the first two axes"],
                });
            }
        }

        return looked ? Passed("sequences lie along the axis that the layers expect")
            : Graph.Traces.Count == 0 ? NoTrace : NotApplicable("no recurrent layer or attention whose batch is known was seen");
    }

    bool? BatchFirst(OperationSeen operation)
    {
        // Attention of the framework calls its function in (sequence, batch, feature) always, after transposing.
        if (OperationNames.Canonical(operation.Operation) == "multi_head_attention_forward") return false;
        if (operation.Settings.TryGetValue("batch_first", out var flag)) return flag != 0;
        return Modules.FirstOrDefault(m => m.Name == operation.Module)?.Settings is { } settings && settings.TryGetValue("batch_first", out flag) ? flag != 0 : null;
    }
}
