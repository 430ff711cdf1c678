using Pessimist.Data.Profiling;
using Pessimist.Evaluation;
using Pessimist.Observations;
using ClassCount = Pessimist.Data.Profiling.ClassCount;

namespace Pessimist.Checks.Data;

/// <summary>PES110 class-imbalance</summary>
public sealed class ClassImbalance(ClassImbalance.Limits limits) : DataCheck(About), IReads<ConfusionMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES110",
        Name = "class-imbalance",
        Level = Level.Warning,
        Summary = "a class is far rarer than the others, and the network fails on it",
        Docs = """
            ## Why it matters
            A rare class weighs little in the loss and in the error rate: a network may ignore it and still look good. Judge it by recall and by balanced
            accuracy, class by class.

            A skewed file alone is a note. It is a warning only when the trained network fails on the rare class: it finds significantly fewer of it
            than of the others, and misses most of it.

            ## When it is a false alarm
            The class is rare in the world, and missing it costs little.

            ## What to do
            Collect more examples of the class; weight the loss by the inverse of the class's share, or draw it more often in training (never in
            validation or test); move the decision threshold.
            """,
    };

    public sealed record Limits
    {
        /// <summary>A class is rare when its share is below this part of 1/K.</summary>
        [Origin(Origin.Published, "cleanlab: rarest share below 0.1/K")] public double Rare { get; init; } = 0.1;

        /// <summary>Confidence of the interval of the difference of recalls, which must exclude 0.</summary>
        [Origin(Origin.Convention)] public double Confidence { get; init; } = 0.99;

        /// <summary>The smallest difference of recalls that matters.</summary>
        [Origin(Origin.Convention)] public double Difference { get; init; } = 0.1;

        /// <summary>Share of the class that is missed above which the network fails on it; below, it is told in the note.</summary>
        [Origin(Origin.Published, "SageMaker Debugger: error rate of a class above 0.7")] public double Missed { get; init; } = 0.7;

        /// <summary>Validation examples of a class below which its recall says nothing.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 5;
    }

    // The last one counts: after tuning, the tuned network's.
    ConfusionMeasured? _confusion;

    public void Read(ConfusionMeasured observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Split == "validation") _confusion = observation;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var classes = profile.Target.Classes;
        if (classes.Count < 2) return NotApplicable("the target is no class, or has one only");
        double total = classes.Sum(c => c.Total), limit = limits.Rare / classes.Count;
        ClassCount[] rare = [.. classes.Where(c => c.Total < limit * total).OrderBy(c => c.Total)];
        if (rare.Length == 0)
        {
            var least = classes.MinBy(c => c.Total)!;
            return Passed($"the rarest class, {Quoted(least.Name)}, makes {Percent(least.Total / total)} of the examples");
        }

        var missed = rare.Select(c => (Class: c, Recall: Recall(c.Name))).Where(r => r.Recall is { } recall && IsWorse(recall)).OrderBy(r => r.Recall!.Value.Own.Value).ToArray();
        var fails = missed.Length > 0 && 1 - missed[0].Recall!.Value.Own.Value > limits.Missed;
        var first = missed.Length > 0 ? missed[0].Class : rare[0];
        var share = $"the class {Quoted(first.Name)} makes {Percent(first.Total / total)} of the examples";
        var finding = Finding(missed.Length > 0 ? $"{share}, and the network misses {Percent(1 - missed[0].Recall!.Value.Own.Value)} of it" : share,
            missed.Length > 0 ? EvidenceClass.Suspected : EvidenceClass.Proved, fails ? Level.Warning : Level.Note);
        return Found(finding with
        {
            Location = At(profile, profile.Target.Columns is [var only] ? only : null),
            Evidence =
            [
                .. rare.Take(MostListed).Select(c => new Evidence($"share of class {Quoted(c.Name)}", $"{Percent(c.Total / total)} ({Count(c.Total, "example")}, {c.Train} in training)", $"{Value(limits.Rare)}/K = {Percent(limit)}", "published")),
                .. missed.Take(MostListed).Select(f => new Evidence($"validation recall of class {Quoted(f.Class.Name)} below the rest",
                    FormattableString.Invariant($"{f.Recall!.Value.Own.Value:0.###} against {f.Recall.Value.Others.Value:0.###}, difference {f.Recall.Value.Gap.Value:0.###} [{f.Recall.Value.Gap.Low:0.###}, {f.Recall.Value.Gap.High:0.###}]"),
                    FormattableString.Invariant($"{limits.Difference:0.##}, and an interval without 0 ({limits.Confidence * 100:0} %); a warning below {1 - limits.Missed:0.##}"), "convention")),
            ],
            Notes = fails ? [] : ["a skewed file is no fault by itself: judge the class by its recall"],
            Fixes = ["look at recall class by class, or use --metric balanced-accuracy; collect more examples of the class, or weight its loss"],
        });
    }

    bool IsWorse((ErrorRate Own, ErrorRate Others, Estimate Gap) recall) => recall.Gap.Value >= limits.Difference && recall.Gap.Low > 0;

    (ErrorRate Own, ErrorRate Others, Estimate Gap)? Recall(string name)
    {
        if (_confusion is not { Counts.Count: > 0 } measured) return null;
        var k = measured.Classes.ToList().IndexOf(name);
        if (k < 0) return null;
        long hits = 0, count = 0;
        for (var row = 0; row < measured.Counts.Count; row++)
        {
            if (row == k) continue;
            hits += measured.Counts[row][row];
            count += measured.Counts[row].Sum();
        }

        long own = measured.Counts[k].Sum();
        if (own < limits.Examples || count < limits.Examples) return null;
        ErrorRate recall = new(measured.Counts[k][k], own), rest = new(hits, count);
        return (recall, rest, Newcombe.Difference(recall, rest, limits.Confidence));
    }
}
