using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;

namespace Pessimist.Tests.Checks.Data;

public sealed class ShiftedDistributionTests
{
    static ShiftTested Tested(ShiftVerdict verdict, double auc = 0.5, LabelShift? labels = null, params ShiftedColumn[] columns) =>
        new() { Verdict = verdict, Auc = auc, P = verdict == ShiftVerdict.Shifted ? 1e-9 : 0.3, Features = columns, Labels = labels, Reason = "as measured" };

    static Verdict Of(ShiftTested tested) => Judge(new ShiftedDistribution(new()), Healthy(), tested);

    [Fact]
    public void A_shift_is_named_with_the_column_and_both_medians()
    {
        var finding = Of(Tested(ShiftVerdict.Shifted, 0.9, null, new ShiftedColumn("age", 0.5, 1e-8, 34, 61))).Finding();
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Warning, EvidenceClass.Suspected, "age"));
        finding.Message.ShouldContain("median 61 instead of 34");
    }

    [Fact]
    public void Other_shares_of_the_classes_are_a_shift_too() =>
        Of(Tested(ShiftVerdict.NotFound, 0.51, new LabelShift(ShiftVerdict.Shifted, 0.3, 1e-6))).Finding().Message.ShouldContain("shares");

    [Fact]
    public void Small_differences_are_silent() => Of(Tested(ShiftVerdict.NotFound, 0.55, new LabelShift(ShiftVerdict.NotFound, 0.05, 1e-6))).ShouldPass();

    [Fact]
    public void Too_few_rows_are_no_evidence_and_no_given_test_set_is_not_applicable()
    {
        Of(Tested(ShiftVerdict.CannotTell, double.NaN)).ShouldLackEvidence();
        Judge(new ShiftedDistribution(new()), Healthy()).ShouldNotApply();
    }
}
