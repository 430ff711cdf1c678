using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class LeakedTargetTests
{
    /// <summary>Three classes that a noisy feature tells apart now and then, and whatever else.</summary>
    static DataProfile Classes(int count, params Func<int, Column>[] more)
    {
        var random = new Random(3);
        var noisy = Numbers("noisy", count, i => i % 3 + 3 * random.NextDouble());
        return Of([noisy, .. more.Select(m => m(count)), Texts("y", count, i => $"class {i % 3}")]).Profile();
    }

    static Verdict Watched(params Observation[] seen)
    {
        var check = new LeakedTarget(new());
        foreach (var observation in seen)
            if (observation is ColumnRenamed column) check.Read(column);
            else check.Read((ExperimentFinished)observation);
        return check.Conclude();
    }

    [Fact]
    public void A_column_of_a_watched_program_that_is_the_class_is_proved_unless_there_are_few_rows_or_several_such_columns()
    {
        Watched(new ColumnRenamed(4, 3, 800)).ShouldBeOfType<Verdict.Found>().Finding.ShouldSatisfyAllConditions(
            f => (f.Level, f.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved)), f => f.Message.ShouldStartWith("column 4 of the inputs is the class under another name"));
        Watched(new ColumnRenamed(4, 3, 20)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Watched(new ColumnRenamed(0, 3, 800), new ColumnRenamed(1, 3, 800)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Predictions_that_see_the_next_tokens_are_confirmed_and_others_pass()
    {
        static ExperimentFinished Future(ExperimentOutcome outcome) =>
            new() { Id = "future", For = "program", Question = "?", Reading = "changed by 1", Outcome = outcome, Cause = "leaked-target", Site = new Site("train.py", 7) };

        Watched(Future(ExperimentOutcome.Confirmed)).ShouldBeOfType<Verdict.Found>().Finding.ShouldSatisfyAllConditions(
            f => (f.Level, f.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Confirmed)), f => f.Location!.Line.ShouldBe(7));
        Watched(Future(ExperimentOutcome.Refuted)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_renamed_target_is_proved()
    {
        var finding = Judge(new LeakedTarget(new()), Classes(300, n => Numbers("checksum", n, i => 7 * (i % 3) + 3))).Finding();
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Error, EvidenceClass.Proved, "checksum"));
    }

    [Fact]
    public void A_column_that_is_almost_always_right_and_stands_alone_is_a_warning() =>
        Judge(new LeakedTarget(new()), Classes(1500, n => Numbers("payout", n, i => i % 3 * 100 + i % 89))).Finding().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Warning), f => f.EvidenceClass.ShouldBe(EvidenceClass.Suspected), f => f.Location!.Column.ShouldBe("payout"));

    [Fact]
    public void Strong_honest_features_come_in_company()
    {
        Column Petal(int n, string name, int seed)
        {
            var random = new Random(seed);
            return Numbers(name, n, i => i % 3 + 1.02 * random.NextDouble());
        }

        Judge(new LeakedTarget(new()), Classes(900, n => Petal(n, "petal length", 1), n => Petal(n, "petal width", 2))).ShouldPass();
    }

    [Fact]
    public void The_target_in_another_unit_is_proved_and_a_noisy_twin_is_not()
    {
        RawData Table(double noise)
        {
            var random = new Random(3);
            return Of(Numbers("far", 300, _ => random.NextDouble()), Numbers("fahrenheit", 300, i => 32 + 1.8 * (i * 0.37 % 40) + noise * random.NextDouble()), Numbers("y", 300, i => i * 0.37 % 40));
        }

        Judge(new LeakedTarget(new()), Table(0).Profile()).Finding().Level.ShouldBe(Level.Error);
        Judge(new LeakedTarget(new()), Table(20).Profile()).ShouldPass();
    }

    [Fact]
    public void The_only_input_is_the_task() =>
        Judge(new LeakedTarget(new()), Of(Numbers("x", 300, i => i % 50), Texts("y", 300, i => i % 50 < 25 ? "low" : "high")).Profile()).ShouldPass();

    [Fact]
    public void Few_rows_held_out_are_no_evidence()
    {
        var healthy = Healthy();
        Judge(new LeakedTarget(new()), healthy with { Determining = [new DeterminingColumn("x", 1, 0.5, false, 300, 40, 0.6)] }).ShouldLackEvidence();
    }

    [Fact]
    public void Several_targets_are_not_tried()
    {
        var healthy = Healthy();
        Judge(new LeakedTarget(new()), healthy with { Target = healthy.Target with { Columns = ["a", "b"] } }).ShouldNotApply();
    }
}
