using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class LabelsOutOfRangeTests
{
    static Verdict Ids(params int[] ids) =>
        Judge(new LabelsOutOfRange(new()), Of(Numbers("x", 120, i => i * 0.37 % 1), Numbers("y", 120, i => ids[i % ids.Length])).Profile());

    [Fact]
    public void A_gap_is_a_note_with_the_missing_id()
    {
        var finding = Ids(1, 2, 3, 5, 6).Finding();
        finding.Level.ShouldBe(Level.Note);
        finding.Message.ShouldContain("no example has 4");
    }

    [Fact]
    public void Ids_from_1_and_codes_are_silent()
    {
        Ids(1, 2, 3, 4).ShouldPass();
        Ids(-1, 1).ShouldPass();
        Ids(2, 4).ShouldPass();
        Ids(10, 20, 30).ShouldPass();
    }

    [Fact]
    public void A_class_that_training_lacks_is_a_warning()
    {
        var healthy = Healthy();
        ClassCount[] classes = [.. healthy.Target.Classes, new ClassCount("hihg", 3, 0, 0, 3)];
        var finding = Judge(new LabelsOutOfRange(new()), healthy with { Target = healthy.Target with { Classes = classes } }).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Warning, EvidenceClass.Proved));
        finding.Message.ShouldBe("the class \"hihg\" never occurs in the training set");
    }

    [Fact]
    public void Numbers_to_predict_have_no_ids() =>
        Judge(new LabelsOutOfRange(new()), Of(Numbers("x", 120, i => i * 0.37 % 1), Numbers("y", 120, i => i * 0.71 % 1)).Profile()).ShouldNotApply();
}
