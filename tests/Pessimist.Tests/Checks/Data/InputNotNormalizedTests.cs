using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class InputNotNormalizedTests
{
    static InputsFed Fed(bool normalized, params FedColumn[] columns) => new() { Normalized = normalized, All = new ValueSummary(0, 80, 255, 70), Largest = columns };

    static readonly FedColumn s_raw = new("pixel_3_4", 120, 80, 255), s_small = new("z", 0.5, 0.3, 1);

    [Fact]
    public void Pixels_at_0_to_255_are_named()
    {
        var finding = Judge(new InputNotNormalized(new()), Healthy(), Fed(false, s_raw, s_small)).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Location!.Column.ShouldBe("pixel_3_4");
        finding.Evidence[0].Name.ShouldContain("pixel_3_4");
    }

    [Fact]
    public void Values_a_few_times_too_large_are_a_note() =>
        Judge(new InputNotNormalized(new()), Healthy(), Fed(false, s_raw with { Mean = 5, Std = 4 })).Finding().Level.ShouldBe(Level.Note);

    [Fact]
    public void Columns_of_very_different_scales_are_a_note() =>
        Judge(new InputNotNormalized(new()), Healthy(400, Numbers("tiny", 400, i => 1e-6 * (i % 17))), Fed(false, s_small)).Finding().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldContain("\"tiny\""));

    [Fact]
    public void What_is_normalized_on_the_way_or_has_a_good_scale_by_itself_is_silent()
    {
        Judge(new InputNotNormalized(new()), Healthy(), Fed(true, s_raw)).ShouldPass();
        Judge(new InputNotNormalized(new()), Healthy(), Fed(false, s_small)).ShouldPass();
    }

    [Fact]
    public void An_experiment_that_undid_it_confirms_it()
    {
        var undone = new ExperimentFinished { Id = "E9", For = "single-batch", Question = "?", Reading = "!", Outcome = ExperimentOutcome.Confirmed, Cause = "input-not-normalized", Confirmation = "normalized, the batch is fitted" };
        var finding = Judge(new InputNotNormalized(new()), Healthy(), Fed(false, s_raw), undone).Finding();
        finding.EvidenceClass.ShouldBe(EvidenceClass.Confirmed);
        finding.Confirmation.ShouldContain("fitted");
    }

    [Fact]
    public void Inputs_that_were_not_measured_are_no_evidence() => Judge(new InputNotNormalized(new()), Healthy()).ShouldLackEvidence();
}
