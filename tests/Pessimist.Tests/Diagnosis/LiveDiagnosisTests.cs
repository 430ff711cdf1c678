using FsCheck;
using FsCheck.Fluent;
using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;
using Pessimist.Tests.Observations;
using Pessimist.Tests.Reporting;
using Check = Pessimist.Checks.Check;

namespace Pessimist.Tests.Diagnosis;

public sealed class LiveDiagnosisTests
{
    /// <summary>Real runs and every kind there is, so that each check reads something.</summary>
    static readonly Observation[] _pool = [.. SampleRun.Healthy().Observations, .. SampleRun.Sick().Observations, .. Examples.All()];

    static readonly Config _config = Config.QuickThrowOnFailure.WithMaxTest(30).WithReplay(20261120, 1);

    static Arbitrary<(Observation[] Run, bool[] Asked)> Runs() => Gen.Zip(
        Gen.Elements(_pool).ArrayOf(150), Gen.Elements(false, false, false, true).ArrayOf(150)).ToArbitrary();

    [Fact]
    public void Asking_in_between_changes_nothing() => Prop.ForAll(Runs(), run =>
    {
        var live = LiveDiagnosis.Everything();
        foreach (var (observation, asked) in run.Run.Zip(run.Asked))
        {
            live.Read(observation);
            if (asked) live.Result();
        }

        return Text(live.Result(), run.Run) == Text(Diagnose.Everything(Run.Of(run.Run)), run.Run);
    }).Check(_config);

    [Fact]
    public void Each_answer_is_that_of_the_records_so_far()
    {
        var live = LiveDiagnosis.Everything();
        Observation[] run = [.. SampleRun.Sick().Observations];
        for (var i = 0; i < run.Length; i++)
        {
            live.Read(run[i]);
            if (i % 7 == 0) Text(live.Result(), run[..(i + 1)]).ShouldBe(Text(Diagnose.Everything(Run.Of(run[..(i + 1)])), run[..(i + 1)]));
        }
    }

    [Fact]
    public void A_check_that_throws_is_crashed_for_itself_alone()
    {
        var result = Diagnose.With([new Throws(), .. Catalog.Create()], SampleRun.Sick());
        result.Verdicts[0].Verdict.ShouldBeOfType<Verdict.Crashed>().Message.ShouldBe("FormatException: oh");
        result.Findings.Count.ShouldBe(Diagnose.Everything(SampleRun.Sick()).Findings.Count);
    }

    static string Text(DiagnosisResult result, IReadOnlyList<Observation> run) => ReportJson.Render(Report.From(Run.Of(run), result, "/"));

    sealed class Throws() : Check(new CheckInfo { Code = "PES999", Name = "throws", Level = Level.Note, Summary = "", Docs = "" }), IReads<RunStarted>
    {
        public void Read(RunStarted observation) => throw new FormatException("oh");

        public override Verdict Conclude() => Passed();
    }
}
