using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES611 in watched programs: the loss of answering with the frequencies of skewed classes.</summary>
public sealed class ClassFrequenciesTests
{
    const string Name = "constant-prediction";

    static double Entropy(params double[] shares) => -shares.Sum(p => p * Math.Log(p));

    static IEnumerable<Observation> Binary(double share, double loss, int steps = 40) => Enumerable.Range(0, steps).Select(i => LossCall(i, Phase.Train, loss, "bce-with-logits") with
    {
        Input = Tensor(40, 1),
        Target = Tensor(40, 1) with { Mean = share },
    });

    static IEnumerable<Observation> Classes(double loss, params long[] counts) => Enumerable.Range(0, 40).SelectMany(i => new Observation[]
    {
        Batch(i, Phase.Train, null, Enumerable.Range(0, 8)) with { Labels = counts.Index().ToDictionary(c => $"{c.Index}", c => c.Item) },
        LossCall(i, Phase.Train, loss) with { Input = Tensor(8, counts.Length) },
    });

    [Fact]
    public void One_in_forty_that_is_never_said_is_told() =>
        Diagnose(Binary(0.025, 0.95 * Entropy(0.025, 0.975))).FindingOf(Name).ShouldNotBeNull().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Warning), f => f.EvidenceClass.ShouldBe(EvidenceClass.Suspected));

    [Fact]
    public void Rare_kinds_among_several_are_told() => Diagnose(Classes(0.29, 94, 2, 2, 2)).FindingOf(Name).ShouldNotBeNull();

    [Fact]
    public void A_loss_below_the_frequencies_passes() => Diagnose(Binary(0.025, 0.05)).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Even_classes_are_another_matter() => Diagnose(Classes(1.38, 25, 25, 25, 25)).VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void Weighted_losses_say_nothing() =>
        Diagnose(Binary(0.025, 0.11).Select(o => (LossObserved)o with { Weighted = true })).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_few_losses_say_nothing() => Diagnose(Binary(0.025, 0.11, steps: 10)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
