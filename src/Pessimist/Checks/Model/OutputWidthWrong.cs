using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES202 output-width-wrong</summary>
public sealed class OutputWidthWrong() : LossCheck(About), IReads<ExceptionRaised>, IReads<BatchObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES202",
        Name = "output-width-wrong",
        Level = Level.Error,
        Summary = "the number of outputs does not fit the targets and the loss",
        Explains = [.. Consequences.OfCause, "PES108"],
        Docs = """
            ## Why it matters
            Cross-entropy needs one output for each class. With fewer, the program ends when the first example of a class beyond them comes; with a single
            output, softmax is always 1, the loss always 0, and nothing is learned. A binary loss needs as many outputs as there are labels.

            It is proved by the shapes.

            ## When it is a false alarm
            More outputs than classes are wasteful and harmless, and silent. Class ids that begin at 1 are another finding (labels-out-of-range).

            ## What to do
            Give the last layer one output for each class, and one for a binary label or a number.
            """,
    };

    readonly SortedSet<long> _classes = [];
    ExceptionRaised? _crash;

    /// <summary>The exception is about the number of outputs: several for one target each.</summary>
    internal static bool IsAbout(ExceptionRaised crash) =>
        Crashes.KindOf(crash) == CrashKind.Shape && ShapeMessage.LossPair(crash) is ({ Count: 2 } prediction, var target) && prediction[1] > 1
        && !IsClassLoss(crash) && (target is [var n] && n == prediction[0] || target is [var m, 1] && m == prediction[0]);

    static bool IsClassLoss(ExceptionRaised crash) => OperationNames.Canonical(crash.Operation ?? "") is "cross_entropy_loss" or "nll_loss" || crash.Message.Contains("class ids", StringComparison.Ordinal);

    void IReads<ExceptionRaised>.Read(ExceptionRaised observation)
    {
        if (Crashes.KindOf(observation) == CrashKind.TargetOutOfBounds || IsAbout(observation)) _crash ??= observation;
    }

    void IReads<BatchObserved>.Read(BatchObserved observation)
    {
        foreach (var (name, _) in observation.Labels)
            if (_classes.Count < 100_000 && long.TryParse(name, CultureInfo.InvariantCulture, out var id)) _classes.Add(id);
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind is "cross-entropy" or "nll" || IsOfNumbers(loss);
    }

    static bool IsOfNumbers(LossObserved loss) => loss.Kind is "mse" or "l1" or "smooth-l1" or "huber";

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (IsOfNumbers(loss)) return loss is { Input.Shape: [> 1 and var n, 1], Target.Shape: [var m, > 1] } && n == m;
        return loss.Input is { Shape: { Count: > 1 } shape } ? shape[1] == 1 : null;
    }

    public override Verdict Conclude()
    {
        if (Tallies.All.FirstOrDefault(t => IsOfNumbers(t.Example) && t.Yes >= 3 && t.No == 0 && t.Train > 0) is { } narrow)
            return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the network has 1 output, and each example has {narrow.Example.Target!.Shape[1]} targets"), EvidenceClass.Proved) with
            {
                Location = At(narrow.Site, narrow.Example.MadeIn),
                Related = Maker(narrow.Example, "the output is made here"),
                Evidence = [new("outputs", "1", string.Create(CultureInfo.InvariantCulture, $"{narrow.Example.Target.Shape[1]}, one for each target"), "definition"), new("batches", narrow.Share)],
                Notes = ["the one output is compared with all targets: the best that this loss allows is their mean"],
                Fixes = [string.Create(CultureInfo.InvariantCulture, $"give the last layer {narrow.Example.Target.Shape[1]} outputs")],
            });
        if (Tallies.All.FirstOrDefault(t => !IsOfNumbers(t.Example) && t.IsAlways) is { } guilty)
            return Found(Finding("cross-entropy is given one output an example: its softmax is always 1 and its loss always 0", EvidenceClass.Proved) with
            {
                Location = At(guilty.Site, guilty.Example.MadeIn),
                Related = Maker(guilty.Example, "the output is made here"),
                Evidence = [new("outputs", "1", "one for each class, at least 2", "definition"), new("batches", guilty.Share)],
                Fixes = ["give the last layer one output for each class; or keep one and use binary cross-entropy with logits"],
            });
        if (_crash is { } crash) return Explain(crash);
        return Innocent("cross-entropy", "there are as many outputs as the targets ask for");
    }

    Verdict Explain(ExceptionRaised crash)
    {
        var pair = ShapeMessage.LossPair(crash);
        if (Crashes.KindOf(crash) == CrashKind.TargetOutOfBounds)
        {
            var outputs = pair?.Prediction is { Count: > 1 } shape ? shape[1] : Tallies.All.Select(t => t.Example.Input?.Shape).FirstOrDefault(s => s is { Count: > 1 })?[1];
            var wanted = crash.Message.IndexOf(" is out of bounds", StringComparison.Ordinal) is > 0 and var end && ShapeMessage.Numbers(crash.Message[..end]) is [.., var id] ? id : crash.Inputs.Count > 1 && crash.Inputs[1].Max is { } max ? (long)max : (long?)null;
            // Ids that begin at 1, or below 0, are wrong labels, not a wrong network.
            if (wanted < 0 || _classes.Count > 0 && _classes.Min > 0 && _classes.Max == outputs) return NotEnoughEvidence("the class ids do not begin at 0");
            if (wanted is { } target && target > 2 * outputs + 1000) return NotEnoughEvidence("the class ids are no class ids");
            return Crashed(crash, outputs is { } k && wanted is { } c
                ? string.Create(CultureInfo.InvariantCulture, $"the network has {k} outputs, and an example has class {c}") : "an example has a class that the network has no output for",
                wanted is { } largest ? string.Create(CultureInfo.InvariantCulture, $"give the last layer {Math.Max(largest, _classes.Count > 0 ? _classes.Max : 0) + 1} outputs, or more if there are more classes") : "give the last layer one output for each class");
        }

        var (prediction, targets) = pair!.Value;
        return Crashed(crash, string.Create(CultureInfo.InvariantCulture, $"the network has {prediction[1]} outputs, and each example has one target ([{string.Join(", ", targets)}])"),
            "give the last layer one output, or use cross-entropy if the targets are classes");
    }

    Verdict Crashed(ExceptionRaised crash, string message, string fix) => Found(Finding(message, EvidenceClass.Proved) with
    {
        Location = At(crash.Stack.Count > 0 ? crash.Stack[0] : null, crash.Module),
        Evidence = [new("exception", crash.Message)],
        Fixes = [fix],
    });
}
