using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES111.</summary>
public sealed class DataNotShuffledTests
{
    /// <summary>Batches with these labels, and a loss at each step.</summary>
    static IEnumerable<Observation> Run(IEnumerable<long[]> batches, Func<int, double> loss, string kind = "cross-entropy") =>
    [
        Loader(TrainLoader, shuffles: false), Optimizer(),
        .. batches.SelectMany((labels, i) => new Observation[]
        {
            Batch(i, Phase.Train, TrainLoader, Enumerable.Range(8 * i, 8), 0, i) with { LabelOrder = labels },
            LossCall(i, Phase.Train, loss(i), kind) with { Input = Tensor(8, 10) }, Loop(LoopAction.Backward, i, loss(i)), Loop(LoopAction.OptimizerStep, i + 1),
        }),
    ];

    /// <summary>Ten classes, six batches of each, one after the other.</summary>
    static IEnumerable<long[]> Sorted(int size = 8) => Enumerable.Range(0, 60).Select(i => Enumerable.Repeat((long)(i / 6), size).ToArray());

    static IEnumerable<long[]> Shuffled(int size, int classes)
    {
        var random = new Random(1);
        return Enumerable.Range(0, 480 / size).Select(_ => Enumerable.Range(0, size).Select(_ => (long)random.Next(classes)).ToArray());
    }

    static double Falling(int step) => 2.3 * Math.Exp(-step / 12.0);

    /// <summary>High whenever another class comes, else low.</summary>
    static double Forgetting(int step) => step % 6 == 0 ? 6 : 0.1;

    static Verdict Of(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("data-not-shuffled");

    [Fact]
    public void Batches_of_one_class_are_found_where_the_loss_does_not_come_down()
    {
        var finding = Of(Run(Sorted(), _ => 2.3)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        finding.Message.ShouldStartWith("training batches hold one class at a time: the commonest class makes 100 % of a batch");
        finding.Location!.Line.ShouldBe(10);
        finding.Evidence.ShouldContain(e => e.Name == "the loader shuffles" && e.Measured == "no");
    }

    [Fact]
    public void Or_where_each_new_class_costs_more_than_knowing_nothing() =>
        Of(Run(Sorted(), Forgetting)).ShouldBeOfType<Verdict.Found>().Finding.Evidence.ShouldContain(e => e.Name == "symptom" && e.Measured.Contains("when another class comes", StringComparison.Ordinal));

    [Fact]
    public void Or_where_the_evaluated_loss_is_worse_than_knowing_nothing() =>
        Of([.. Run(Sorted(), Falling), LossCall(60, Phase.Evaluate, 7), LossCall(60, Phase.Evaluate, 8)]).ShouldBeOfType<Verdict.Found>();

    [Fact]
    public void Or_where_the_loss_swings_between_knowing_and_not_knowing() =>
        Of(Run(Sorted(), i => i % 3 == 0 ? 3 : i % 3 == 1 ? 1.5 : 0.2)).ShouldBeOfType<Verdict.Found>();

    [Fact]
    public void An_order_that_does_no_harm_is_silent() => Of(Run(Sorted(), Falling)).ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData(8, 10)]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    [InlineData(1, 10)]
    public void Shuffled_labels_pass_in_batches_of_any_size(int size, int classes) => Of(Run(Shuffled(size, classes), _ => 2.3)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Batches_of_one_example_in_order_are_found()
    {
        var run = Run(Enumerable.Range(0, 320).Select(i => new[] { (long)(i / 160) }), _ => 2.3);

        Of(run).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void A_rare_class_makes_pure_batches_by_chance() =>
        Of(Run(Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 8).Select(j => i % 10 == 0 && j == 0 ? 1L : 0L).ToArray()), _ => 2.3)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Several_classes_drawn_for_each_batch_are_silent() =>
        Of(Run(Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 16).Select(j => (long)((7 * i + 13 * (j / 4)) % 40)).ToArray()), _ => 2.3)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void What_is_no_classifier_is_not_judged() => Of(Run(Sorted(), _ => 2.3, "custom")).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void One_class_and_few_batches_and_no_labels_say_nothing()
    {
        Of(Run(Enumerable.Range(0, 60).Select(_ => new long[] { 3, 3, 3, 3, 3, 3, 3, 3 }), _ => 2.3)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of(Run(Sorted().Take(5), _ => 2.3)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of(StuckLosses).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
