using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES310 loss-unsuited-to-task</summary>
public sealed class LossUnsuitedToTask() : LossCheck(About), IReads<BatchObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES310",
        Name = "loss-unsuited-to-task",
        Level = Level.Warning,
        Summary = "the loss does not fit what the targets are",
        Explains = ["PES904", "PES611", "PES607", "PES910"],
        Docs = """
            ## Why it matters
            Squared error on class ids says that class 9 is far from class 0 and that a doubtful example is class 4.5. Binary cross-entropy of class
            ids above 1 has no lowest value: the loss falls below zero for ever.

            ## When it is a false alarm
            Ratings, counts and ages are whole numbers too, and squared error is right for them. So on whole numbers it is only suspected, only while the
            training gets nowhere, and only where the data give the targets as class ids; whole numbers from 0 on that are badly fitted are a note. One-hot targets and two classes are silent. Binary
            cross-entropy of ids above 1 is proved.

            ## What to do
            Cross-entropy with one output for each class.
            """,
    };

    bool _ids;
    long _highest = -1;
    double _smallest = double.PositiveInfinity, _largest = double.NegativeInfinity;

    void IReads<BatchObserved>.Read(BatchObserved observation)
    {
        if (observation.Target is not { DType: "int64" or "int32" or "uint8" } || observation.Labels.Count == 0) return;
        _ids = true;
        foreach (var name in observation.Labels.Keys)
            if (long.TryParse(name, CultureInfo.InvariantCulture, out var id)) _highest = Math.Max(_highest, id);
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind is "mse" or "l1" or "smooth-l1" or "huber" or "bce" or "bce-with-logits";
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Target is not { Whole: { } whole, Min: { } min, Max: { } max }) return null;
        if (whole < 1 || min < 0) return false;
        _smallest = Math.Min(_smallest, min);
        _largest = Math.Max(_largest, max);
        // A batch may hold low classes only.
        if (loss.Kind.StartsWith("bce", StringComparison.Ordinal)) return max > 1 ? true : null;
        return loss.Input is { Shape: [_] or [_, 1] } && max <= 1000 ? true : false;
    }

    /// <summary>Class ids, as the data give them, while nothing is learned: a warning. Whole numbers from 0 that are not fitted well: a note.</summary>
    Level? Doubt() => _ids && _highest > 1 && HasSymptom ? Level.Warning
        : _smallest == 0 && _largest is > 1 and <= 100 && Progress.Guess is { } variance && Progress.Count >= 20 && Progress.Last > 0.25 * variance && (!_ids || _highest > 1) ? Level.Note : null;

    public override Verdict Conclude()
    {
        foreach (var guilty in Tallies.All.Where(t => t.IsAlways))
        {
            var example = guilty.Example;
            var isBinary = guilty.Kind.StartsWith("bce", StringComparison.Ordinal);
            var doubt = isBinary ? Level.Warning : Doubt();
            if (doubt is not { } level) continue;
            var finding = isBinary
                ? Finding(string.Create(CultureInfo.InvariantCulture, $"binary cross-entropy is given class ids up to {example.Target!.Max:0}"), EvidenceClass.Proved)
                : Finding(string.Create(CultureInfo.InvariantCulture, $"a regression loss is given {(_ids ? "class ids" : "whole numbers")}, 0 to {Math.Max(_highest, _largest):0}"), EvidenceClass.Suspected, level);
            return Found(finding with
            {
                Location = At(guilty.Site),
                Evidence =
                [
                    new("targets", string.Create(CultureInfo.InvariantCulture, $"whole numbers from {example.Target!.Min:0} to {Math.Max(_largest, example.Target.Max!.Value):0}"),
                        isBinary ? "0 to 1" : "", isBinary ? "definition" : ""),
                    new("batches", guilty.Share),
                    .. level == Level.Warning && !isBinary ? new Evidence[] { new("symptom", Symptom) } : [],
                ],
                Notes = level == Level.Note ? ["right for ratings and counts, wrong for classes"] : [],
                Fixes = ["use cross-entropy, with one output for each class"],
            });
        }

        return Innocent("a regression or binary loss", "the targets are what the losses are made for");
    }
}
