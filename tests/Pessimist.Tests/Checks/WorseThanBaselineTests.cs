using Pessimist.Checks;
using Pessimist.Checks.SingleBatch;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Checks;

public sealed class WorseThanBaselineTests
{
    static BaselineCompared Compared(string baseline, double p, bool better, int count = 360) => new()
    {
        Baseline = baseline,
        Split = "test",
        Metric = "error",
        ModelValue = better ? 0.02 : 0.3,
        BaselineValue = better ? 0.3 : 0.02,
        P = p,
        Count = count,
        ModelIsBetter = better,
    };

    static Verdict Judge(params BaselineCompared[] compared) =>
        Diagnose.With([new WorseThanBaseline(new())], Run.Of(compared)).Verdicts[0].Verdict;

    [Fact]
    public void Losing_against_the_majority_class_is_an_error()
    {
        var finding = Judge(Compared("majority class", 0.0001, better: false)).ShouldBeOfType<Verdict.Found>().Finding;
        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldContain("majority class");
    }

    [Fact]
    public void Losing_against_neighbours_is_a_warning_at_most() =>
        Judge(Compared("nearest neighbours", 0.0001, better: false)).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Warning);

    [Fact]
    public void A_difference_that_may_be_chance_is_silent() =>
        Judge(Compared("nearest neighbours", 0.035, better: false)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void The_tuned_network_counts_and_not_the_first_one() =>
        Judge(Compared("linear", 0.0001, better: false), Compared("linear", 0.2, better: true)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Nothing_compared_or_too_few_examples_is_no_verdict()
    {
        Judge().ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Judge(Compared("majority class", 0.0001, better: false, count: 12)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
