using System.Globalization;
using MathNet.Numerics.Distributions;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES112 leaked-validation-data</summary>
public sealed class LeakedValidationData(LeakedValidationData.Limits limits) : DataCheck(About), IReads<SplitMade>,
    IReads<BatchObserved>, IReads<LoaderBuilt>, IReads<ModuleBuilt>, IReads<MetricReported>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES112",
        Name = "leaked-validation-data",
        Level = Level.Error,
        Summary = "the same examples or groups stand on both sides of a split",
        Docs = """
            ## Why it matters
            What was learnt by heart is asked again: the error on such a set says nothing about new data.

            ## How it is told
            Inputs are compared exactly, as the network gets them. For a test set that was given, equal rows are a leak when so many would not come about
            by themselves: neither by chance, were the columns independent, nor as often as rows repeat inside the training set. For a split that this
            tool drew from one file, copies are a warning only when most of the file stands in it more than once, as after oversampling or joining a
            file with itself; fewer repetitions are a note of duplicate-examples. In a watched program, the inputs of evaluated batches are compared
            with those of earlier training batches; where all of them were trained on, it is validation-on-training-data, unless the training examples, of
            numbers that do not repeat by nature, are copies of each other too: then they were copied before the split.

            ## When it is a false alarm
            Rows of few distinct values repeat by nature; the comparisons above are there to keep them silent.

            ## What to do
            Remove the copies from the test set, or from the training set when the test set must stay. Split before oversampling or augmenting. Keep the
            examples of one patient, user or recording together: `--split group:COLUMN`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>p-value of as many twins, if the test set repeated training rows as often as the training set repeats itself.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.001;

        /// <summary>Pairs of equal rows to expect by chance, for each pair found, above which chance explains them.</summary>
        [Origin(Origin.Convention)] public double ByChance { get; init; } = 0.01;

        /// <summary>Share of the held-out rows with a twin in training, for a split drawn from one file.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.01;

        /// <summary>Share of the distinct rows that stand in the file more than once, for a split drawn from one file.</summary>
        [Origin(Origin.Convention, "natural repetitions are a minority")] public double Repeated { get; init; } = 0.5;

        /// <summary>Share of whole numbers in the inputs above which rows may be equal by nature.</summary>
        [Origin(Origin.Convention)] public double Whole { get; init; } = 0.1;

        /// <summary>Share of the evaluated examples that were trained on, for a watched program.</summary>
        [Origin(Origin.Convention)] public double Watched { get; init; } = 0.02;
    }

    readonly EvaluatedExamples _examples = new();

    bool _testWasGiven;

    public void Read(SplitMade observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Split: "test", How: "given" }) _testWasGiven = true;
    }

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _examples.Read(observation);
        if (observation is not { Phase: Phase.Train, Inputs: [{ } input, ..] }) return;
        _batches++;
        // Fractions, and some of them: such rows are equal by copying only.
        if (input.Whole < limits.Whole && input.Shape.Skip(1).Aggregate(1L, (a, b) => a * b) >= 4) _fractions++;
    }

    public void Read(MetricReported observation) => _examples.Read(observation);

    long _batches, _fractions;

    /// <summary>Each evaluated example is a copy of a training example, and training examples are copies of each other.</summary>
    EvaluatedExamples.Source? Copied(IEnumerable<EvaluatedExamples.Source> sources) => _examples.Repeats < limits.Repeated || _fractions < _batches ? null
        : sources.FirstOrDefault(s => s is { Trained: >= 20, IsAllTrained: true } && _examples.Claim(s) is not null);

    public void Read(LoaderBuilt observation) => _examples.Read(observation);
    public void Read(ModuleBuilt observation) => _examples.Read(observation);

    protected override Verdict WithoutProfile()
    {
        // Without the size of the training set, part of it cannot be told from all of it.
        var sources = _examples.Sources.Where(s => s is { FromTrainLoader: false, Loader: not null, Expected: > 0 }).ToArray();
        if (sources.Length == 0) return NotEnoughEvidence("no loader of evaluated examples was seen, or the size of the training set is not known");
        foreach (var source in sources.Where(s => s is { Trained: >= 5, IsAllTrained: false }))
        {
            var share = source.Trained / source.Expected;
            var natural = Math.Max(_examples.Repeats, 1e-4);
            var p = 1 - Binomial.CDF(natural, source.Rows, source.Trained - 1);
            var copied = _examples.IsCopied(source);
            if (share < limits.Watched || p > limits.P && !copied) continue;
            return Found(Finding($"about {Percent(share)} of the examples that are evaluated were trained on", EvidenceClass.Proved) with
            {
                Location = Location.Of(source.Loader?.Site),
                Evidence =
                [
                    new("evaluated examples that were trained on before", string.Create(CultureInfo.InvariantCulture, $"{source.Trained:N0} of {source.Rows:N0}"), "0", "definition"),
                    new("share, as far as training examples were recorded", Percent(share), Percent(limits.Watched), "convention"),
                    new("p of as many, if they repeated as training examples do", Value(p), Value(limits.P), "binomial test"),
                ],
                Notes = copied ? ["most examples occur twice and hardly any three times: they were copied before the split"] : [],
                Fixes = ["split before copying, augmenting or cutting into windows, and by group where examples belong together"],
            });
        }

        if (Copied(sources) is { } copies)
            return Found(Finding("the examples were copied before they were split: each that is evaluated was trained on", EvidenceClass.Proved) with
            {
                Location = Location.Of(copies.Loader?.Site),
                Evidence =
                [
                    new("evaluated examples that were trained on before", string.Create(CultureInfo.InvariantCulture, $"{copies.Trained:N0} of {copies.Rows:N0}"), "0", "definition"),
                    new("training examples that equal another one", Percent(_examples.Repeats), Percent(limits.Repeated), "convention"),
                ],
                Fixes = ["split before copying, oversampling or augmenting"],
            });
        return Passed("evaluated examples were not trained on, or all of them were on purpose");
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var facts = profile.Duplicates;
        if (facts.SharedGroups.Count > 0) return Found(Groups(profile, facts));
        return _testWasGiven ? Given(profile, facts) : Drawn(profile, facts);
    }

    Finding Groups(DataProfile profile, DuplicateFacts facts) =>
        Finding($"{Count(facts.SharedGroups.Count, "group")} of the given test set {(facts.SharedGroups.Count == 1 ? "stands" : "stand")} in the training data too: {Names(facts.SharedGroups)}", EvidenceClass.Proved) with
        {
            Location = At(profile, profile.Dropped.FirstOrDefault(d => d.Reason == Pessimist.Data.DropReason.UsedBySplit)?.Column),
            Evidence = [new("groups on both sides", Names(facts.SharedGroups, MostListed), "none", "definition")],
            Fixes = ["take these groups out of the test set or out of the training data"],
        };

    Verdict Given(DataProfile profile, DuplicateFacts facts)
    {
        var shared = facts.TestInTrain + facts.TestInValidation;
        if (shared == 0) return Passed($"none of {Count(profile.Target.Test, "test example")} stands in the training data");
        var words = $"{Count(shared, "test example")} of {profile.Target.Test.ToString("N0", CultureInfo.InvariantCulture)} also {(shared == 1 ? "stands" : "stand")} in the training data";
        if (facts.ExpectedByChance > limits.ByChance * shared) return Passed($"{words}, as rows of so few distinct values do by chance");
        if (facts.AcrossP > limits.P) return Passed($"{words}, no more than rows repeat inside the training set (p = {Value(facts.AcrossP)})");
        return Found(Finding(words, EvidenceClass.Proved) with
        {
            Location = At(profile),
            Evidence =
            [
                new("test examples with a twin in the training data", $"{shared} ({Percent((double)shared / profile.Target.Test)})", "0", "definition"),
                new("p of as many, if the test set repeated rows as the training set does", Value(facts.AcrossP), Value(limits.P), "binomial test"),
                new("pairs of equal rows to expect by chance", Value(facts.ExpectedByChance), Value(limits.ByChance * shared), "convention"),
            ],
            Notes = Conflict(facts, PairPlace.TrainTest, PairPlace.ValidationTest),
            Fixes = ["remove the copies from the test set, and split before copying or augmenting"],
            Examples = Pairs(facts, PairPlace.TrainTest, PairPlace.ValidationTest),
        });
    }

    Verdict Drawn(DataProfile profile, DuplicateFacts facts)
    {
        int held = profile.Target.Validation + profile.Target.Test, shared = facts.ValidationInTrain + facts.TestInTrain;
        if (shared == 0) return Passed($"none of {Count(held, "held-out example")} stands in the training set");
        var words = $"{Count(shared, "held-out example")} of {held.ToString("N0", CultureInfo.InvariantCulture)} {(shared == 1 ? "has" : "have")} a twin in the training set";
        if (facts.ExpectedByChance > limits.ByChance * shared) return Passed($"{words}, as rows of so few distinct values do by chance");
        var repeated = (double)facts.Groups / (profile.Count - facts.Extra);
        if (shared <= limits.Share * held || repeated < limits.Repeated) return Passed($"{words}: rows repeat in the file, see duplicate-examples");
        return Found(Finding($"{words}: most of the file stands in it more than once", EvidenceClass.Proved, Level.Warning) with
        {
            Location = At(profile),
            Evidence =
            [
                new("held-out examples with a twin in the training set", $"{shared} ({Percent((double)shared / held)})", Percent(limits.Share), "convention"),
                new("distinct rows that repeat", Percent(repeated), Percent(limits.Repeated), "convention"),
                new("pairs of equal rows to expect by chance", Value(facts.ExpectedByChance), Value(limits.ByChance * shared), "convention"),
            ],
            Notes = Conflict(facts, PairPlace.TrainValidation, PairPlace.TrainTest),
            Fixes = ["remove the copies; oversample or augment the training set only, after the split", "or keep copies together with --split group:COLUMN"],
            Examples = Pairs(facts, PairPlace.TrainValidation, PairPlace.TrainTest),
        });
    }

    static string[] Pairs(DuplicateFacts facts, params PairPlace[] places) =>
        [.. facts.Pairs.Where(p => places.Contains(p.Place)).Take(MostListed).Select(p => $"{p.First} = {p.Second}")];

    static string[] Conflict(DuplicateFacts facts, params PairPlace[] places) =>
        facts.Pairs.FirstOrDefault(p => places.Contains(p.Place) && !p.SameTarget) is { } pair ? [$"some twins have different targets, as {pair.First} and {pair.Second}"] : [];
}
