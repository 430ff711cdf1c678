using Pessimist.Checks;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Tests.Data;

namespace Pessimist.Tests.Checks.Data;

/// <summary>Runs one check over facts about data.</summary>
static class DataRuns
{
    /// <summary>Two noisy features and two classes: nothing is wrong with it.</summary>
    public static DataProfile Healthy(int count = 400, params Column[] more) => Tables.Noisy(count, 1, more).Profile();

    /// <summary>256 pictures of 4 x 4 with pixels 0..255: nothing is wrong with them.</summary>
    public static DataProfile HealthyPictures { get; } = Healthy() with
    {
        Kind = DataKind.Images,
        Count = 256,
        InputShape = [1, 4, 4],
        Columns = [new ColumnFacts { Name = "grey", Kind = ColumnKind.Channel, Count = 4096, Min = 0, Max = 255, Mean = 90, Std = 60 }],
        Scale = new ScaleFacts(0, 255, 90, 60, IsWhole: true, WholeAfter: null, OfTwoScales: 0),
    };

    public static SplitMade TestWasGiven { get; } = new() { Split = "test", Count = 80, How = "given" };

    public static DataProfile Profile(this RawData raw, string? target = "y") => DataProfile.From(raw.Prepare(target));

    public static Verdict Judge(Check check, params Observation[] observations) => Diagnose.With([check], Run.Of(observations)).Verdicts[0].Verdict;

    public static Verdict Judge(Check check, DataProfile profile, params Observation[] more) => Judge(check, [new DataProfiled(profile), .. more]);

    public static Finding Finding(this Verdict verdict) => verdict.ShouldBeOfType<Verdict.Found>().Finding;

    public static void ShouldPass(this Verdict verdict) => verdict.ShouldBeOfType<Verdict.Passed>();

    public static void ShouldNotApply(this Verdict verdict) => verdict.ShouldBeOfType<Verdict.NotApplicable>();

    public static void ShouldLackEvidence(this Verdict verdict) => verdict.ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
