using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES109, PES612 and PES613: what the analysis of errors shows.</summary>
public sealed class ErrorPartsTests
{
    static readonly LabelNoiseMeasured s_noisy = new(1800, 0.07, 40, 16, 0.005, 0.051, 0.034, 0.075, 0.9);

    static Verdict Noise(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("noisy-labels");

    [Fact]
    public void Wrong_labels_are_told_with_the_most_doubtful_first()
    {
        var finding = Noise(s_noisy, new LabelSuspected("row 5", "3", "8", 0.7), new LabelSuspected("row 9", "1", "7", 0.99)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("about 5.1 % of the labels are wrong (3.4 % to 7.5 %)");
        finding.Examples.ShouldBe(["row 9: 1, perhaps 7", "row 5: 3, perhaps 8"]);
    }

    [Fact]
    public void Errors_that_are_the_same_everywhere_tell_of_very_many_wrong_labels()
    {
        Noise(s_noisy with { Errors = 0.57, Share = 0.52, SureErrors = 470, Expected = 590, P = 1 }).ShouldBeOfType<Verdict.Found>();
        Noise(s_noisy with { Errors = 0.57, Share = 0.35, SureErrors = 380, Expected = 390, P = 1 }).ShouldBeOfType<Verdict.NotEnoughEvidence>("classes that overlap");
    }

    [Fact]
    public void Hard_sets_and_clean_sets_are_silent()
    {
        Noise(s_noisy with { Share = 0.01, Errors = 0.06 }).ShouldBeOfType<Verdict.Passed>("errors get fewer with sureness");
        Noise(s_noisy with { Expected = 35 }).ShouldBeOfType<Verdict.Passed>();
        Noise(s_noisy with { P = 0.2 }).ShouldBeOfType<Verdict.Passed>();
        Noise(s_noisy with { SureErrors = 3, Expected = 0.1 }).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Models_that_know_too_little_and_no_measurement_say_nothing()
    {
        Noise(s_noisy with { Errors = 0.5 }).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Noise().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static readonly SlicesSearched s_searched = new(400, 5, 60, IsRate: true);
    static readonly SliceMeasured s_slice = new("city = Bern", 60, 0.4, 0.25, 0.57, Rest: 0.05, P: 0.0001, Excess: 0.3, ExcessP: 0.0002);

    static Verdict Slice(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("failing-slice");

    [Fact]
    public void A_part_with_errors_that_the_network_does_not_expect_is_a_warning()
    {
        var finding = Slice(s_searched, s_slice).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("the network does far worse where city = Bern: error 40 % against 5 % elsewhere");
    }

    [Fact]
    public void A_part_where_the_network_is_unsure_or_numbers_are_large_is_a_note()
    {
        Slice(s_searched, s_slice with { Excess = 0.02, ExcessP = 0.3 }).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);
        Slice(s_searched with { IsRate = false }, s_slice with { Excess = null, ExcessP = null }).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void Small_differences_pass_and_a_later_search_counts()
    {
        Slice(s_searched, s_slice with { Error = 0.12 }).ShouldBeOfType<Verdict.Passed>("7 points");
        Slice(s_searched, s_slice with { Error = 0.5, Rest = 0.3 }).ShouldBeOfType<Verdict.Passed>("less than twice");
        Slice(s_searched, s_slice, s_searched).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Too_few_examples_and_no_search_say_nothing()
    {
        Slice(s_searched with { Candidates = 0 }).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Slice().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static readonly CalibrationMeasured s_sure = new(0.17, 0.15, 0.19, Expected: 0.03, P: 0.005, Count: 500, Confidence: 0.97, Accuracy: 0.8);

    static Verdict Calibration(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("miscalibrated-probabilities");

    [Fact]
    public void A_network_that_is_far_too_sure_is_a_warning() =>
        Calibration(s_sure).ShouldBeOfType<Verdict.Found>().Finding.ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Warning), f => f.Message.ShouldBe("the network is over-confident: sure to 97 %, right in 80 %"));

    [Fact]
    public void A_little_too_sure_is_a_note() => Calibration(s_sure with { Ece = 0.1 }).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);

    [Fact]
    public void What_a_calibrated_network_would_score_passes()
    {
        Calibration(s_sure with { Ece = 0.05 }).ShouldBeOfType<Verdict.Passed>();
        Calibration(s_sure with { P = 0.1 }).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Few_examples_and_no_simulation_say_nothing()
    {
        Calibration(s_sure with { Count = 60 }).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Calibration(new CalibrationMeasured(0.17, 0.15, 0.19)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Calibration().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
