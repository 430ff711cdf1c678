using System.Globalization;
using Pessimist.Data.Profiling;
using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>PES113 duplicate-examples</summary>
public sealed class DuplicateExamples(DuplicateExamples.Limits limits) : DataCheck(About), IReads<SplitMade>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES113",
        Name = "duplicate-examples",
        Level = Level.Warning,
        Summary = "examples with equal inputs stand in the data more than once",
        Docs = """
            ## Why it matters
            Copies weigh twice in training, and those that fall on both sides of a split make the error look better than it is. Copies with different
            classes cannot be told apart by any model.

            Equal inputs are a note. They are a warning only when many of them have different classes and chance does not explain that they are equal.

            ## When it is a false alarm
            Rows of few distinct values repeat by chance, and stay silent where the columns' values explain it. Numbers to predict differ for
            equal inputs by nature.

            ## What to do
            Find out whether the rows are copies or honest repetitions. Remove copies before the split. Where labels disagree, look at both.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Pairs of equal rows to expect by chance, for each row that repeats another, above which chance explains them.</summary>
        [Origin(Origin.Convention)] public double ByChance { get; init; } = 0.01;

        /// <summary>Groups of equal rows with different classes, as a share of all examples, that is a warning.</summary>
        [Origin(Origin.Convention)] public double Conflicting { get; init; } = 0.01;
    }

    bool _testWasGiven;

    public void Read(SplitMade observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Split: "test", How: "given" }) _testWasGiven = true;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var facts = profile.Duplicates;
        // Copies across to a given test set are a leak, and another check's finding.
        var copies = _testWasGiven ? facts.TwinsInsideTrain : facts.Extra;
        if (facts.Groups == 0 || copies == 0) return Passed("no two examples have equal inputs");
        var words = _testWasGiven ? $"{Count(copies, "training example")} {(copies == 1 ? "has" : "have")} a twin in the training set"
            : $"{Count(copies, "example")} of {profile.Count.ToString("N0", CultureInfo.InvariantCulture)} {(copies == 1 ? "repeats" : "repeat")} the inputs of another";
        if (facts.ExpectedByChance > limits.ByChance * copies) return Passed($"{words}, as rows of so few distinct values do by chance");
        var conflicting = profile.Target.Classes.Count > 0 ? facts.ConflictingGroups : 0;
        var disagree = conflicting > limits.Conflicting * profile.Count;
        var across = facts.ValidationInTrain + facts.TestInTrain;
        // Conflicts and pairs across sets come first in the list.
        var shown = facts.Pairs.Where(p => !_testWasGiven || p.Place == PairPlace.InsideTrain).Where(p => !disagree || !p.SameTarget).Take(MostListed);
        return Found(Finding(disagree ? $"{Count(conflicting, "set")} of examples with equal inputs have different classes" : words, EvidenceClass.Proved, disagree ? Level.Warning : Level.Note) with
        {
            Location = At(profile),
            Evidence =
            [
                new("examples that repeat another", $"{copies} ({Percent((double)copies / profile.Count)})", $"{Value(facts.ExpectedByChance)} pairs to expect by chance", "theory"),
                .. profile.Target.Classes.Count > 0 ? [new Evidence("sets of equal inputs with different classes", $"{conflicting} of {facts.Groups}", $"a warning above {Percent(limits.Conflicting)} of all examples", "convention")] : Array.Empty<Evidence>(),
                .. !_testWasGiven && across > 0 ? [new Evidence("held-out examples with a twin in the training set", $"{across} of {profile.Target.Validation + profile.Target.Test}")] : Array.Empty<Evidence>(),
            ],
            Notes = !_testWasGiven && across > 0 && !disagree ? ["copies on both sides of the split make the error look better than it is"] : [],
            Fixes = [disagree ? "look at the rows listed: at least one label of each pair is wrong, or the inputs lack what tells them apart" : "find out whether these are copies; if so, remove them"],
            Examples = [.. shown.Select(p => $"{p.First} = {p.Second}")],
        });
    }
}
