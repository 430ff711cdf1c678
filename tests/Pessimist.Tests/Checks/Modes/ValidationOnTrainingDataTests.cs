using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES606, and PES112 as far as it speaks of watched programs.</summary>
public sealed class ValidationOnTrainingDataTests
{
    /// <summary>Trains on examples 0..63, then evaluates the given ones, epoch by epoch.</summary>
    static IEnumerable<Observation> Run(int? loader, IEnumerable<int> evaluated, int epochs = 3, int recorded = 8, Observation? report = null, Func<int, int>? hash = null) =>
    [
        Optimizer(), Loader(TrainLoader), Loader(ValidationLoader, 32),
        .. Enumerable.Range(0, epochs).SelectMany(e => (IEnumerable<Observation>)
        [
            .. Enumerable.Range(0, recorded).Select(i => Batch(8 * e + i, Phase.Train, TrainLoader, Enumerable.Range(8 * i, 8).Select(hash ?? (x => x)), e, i)),
            .. evaluated.Chunk(8).Select((chunk, i) => Batch(8 * e + 8, Phase.Evaluate, loader, chunk.Select(hash ?? (x => x)), e, i)),
            .. report is MetricReported metric ? [metric with { Step = 8 * e + 8 }] : Array.Empty<Observation>(),
        ]),
    ];

    static Verdict Of(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("validation-on-training-data");
    static Verdict Leak(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("leaked-validation-data");

    [Fact]
    public void A_metric_called_validation_over_training_examples_is_an_error()
    {
        var finding = Of(Run(ValidationLoader, Enumerable.Range(0, 32), report: Metric("val_acc", 0.99, 0, "validation"))).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("\"val_acc\" is called validation, and is computed from training examples");
        finding.Location!.Line.ShouldBe(11);
        Of(Run(TrainLoader, Enumerable.Range(0, 32), report: Metric("val_acc", 0.99, 0, "validation"))).ShouldBeOfType<Verdict.Found>("the wrong loader");
    }

    [Fact]
    public void A_loader_of_its_own_with_training_examples_is_a_warning_and_once_a_note()
    {
        Of(Run(ValidationLoader, Enumerable.Range(0, 32))).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Warning);
        Of(Run(ValidationLoader, Enumerable.Range(0, 32), epochs: 1)).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void Half_of_the_training_batches_recorded_is_enough() => Of(Run(ValidationLoader, Enumerable.Range(0, 64), recorded: 4)).ShouldBeOfType<Verdict.Found>();

    [Fact]
    public void Metrics_of_the_training_set_are_silent()
    {
        Of(Run(TrainLoader, Enumerable.Range(0, 64), report: Metric("train_acc", 0.99, 0, "train"))).ShouldBeOfType<Verdict.Passed>();
        Of(Run(null, Enumerable.Range(0, 64))).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Held_out_data_pass_whatever_else_is_evaluated()
    {
        Of(Run(ValidationLoader, Enumerable.Range(100, 32), report: Metric("val_acc", 0.9, 0, "validation"))).ShouldBeOfType<Verdict.Passed>();
        Of([.. Run(ValidationLoader, Enumerable.Range(0, 32), report: Metric("val_acc", 0.99, 0, "validation")),
            Loader(2), .. Enumerable.Range(0, 4).Select(i => Batch(50, Phase.Evaluate, 2, Enumerable.Range(100 + 8 * i, 8)))]).ShouldBeOfType<Verdict.Passed>();
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(8, true)]
    public void Losses_of_some_of_the_rows_that_go_in_leave_others_to_evaluate(long rows, bool isFound)
    {
        Observation[] run = [.. Run(ValidationLoader, Enumerable.Range(0, 64))];
        var losses = run.OfType<BatchObserved>().Where(b => b.Phase == Phase.Train)
            .Select(b => new LossObserved { Step = b.Step, Phase = Phase.Train, Kind = "cross-entropy", Value = 1, Target = new TensorFacts { Shape = [rows], DType = "int64" } });

        (Of([.. run, .. losses]) is Verdict.Found).ShouldBe(isFound);
    }

    [Fact]
    public void Examples_that_repeat_by_nature_say_nothing() =>
        Of(Run(ValidationLoader, Enumerable.Range(0, 32), hash: x => x % 16)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Folds_with_a_new_network_each_are_silent()
    {
        IEnumerable<Observation> Fold(int fold) =>
        [
            new ModuleBuilt { Model = fold, Name = "", Type = "Net" }, Loader(2 * fold, 96), Loader(2 * fold + 1, 32),
            .. Enumerable.Range(0, 128).Where(x => x / 32 != fold).Chunk(8).Select((chunk, i) => Batch(100 * fold + i, Phase.Train, 2 * fold, chunk, 0, i)),
            .. Enumerable.Range(32 * fold, 32).Chunk(4).SelectMany((chunk, i) => new[] { 50, 51 }.Select(s => Batch(100 * fold + s, Phase.Evaluate, 2 * fold + 1, chunk, s, i))),
        ];
        Observation[] run = [.. Enumerable.Range(0, 4).SelectMany(Fold)];

        Of(run).ShouldBeOfType<Verdict.Passed>();
        Leak(run).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Too_few_examples_and_batches_without_hashes_say_nothing()
    {
        Of(Run(ValidationLoader, Enumerable.Range(0, 5), epochs: 1)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of(Run(ValidationLoader, [])).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of([.. Run(ValidationLoader, Enumerable.Range(0, 32)), Batch(90, Phase.Evaluate, 2, [])]).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_part_that_was_trained_on_is_a_leak()
    {
        var finding = Leak(Run(ValidationLoader, Enumerable.Range(56, 32))).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("about 25 % of the examples that are evaluated were trained on");
        finding.Location!.Line.ShouldBe(11);
    }

    [Fact]
    public void Copies_made_before_the_split_are_a_leak()
    {
        // 400 examples, each twice, split at random; a new loader for each epoch.
        int[] rows = [.. Enumerable.Range(0, 800).Select(i => i % 400)];
        new Random(1).Shuffle(rows);
        IEnumerable<Observation> Epoch(int e) =>
        [
            Loader(2 * e, 600) with { Site = At(10) }, .. rows[..600].Chunk(8).Select((c, i) => Batch(75 * e + i, Phase.Train, 2 * e, c, 0, i)),
            Loader(2 * e + 1, 200) with { Site = At(11) }, .. rows[600..].Chunk(8).Select((c, i) => Batch(75 * e + 75, Phase.Evaluate, 2 * e + 1, c, 0, i)),
        ];

        var finding = Leak(Enumerable.Range(0, 3).SelectMany(Epoch)).ShouldBeOfType<Verdict.Found>().Finding;
        finding.Notes.ShouldHaveSingleItem().ShouldContain("copied before the split");
        finding.Location!.Line.ShouldBe(11);
    }

    [Fact]
    public void Few_distinct_examples_repeat_by_nature()
    {
        var random = new Random(2);
        IEnumerable<Observation> run =
        [
            Loader(TrainLoader, 400), Loader(ValidationLoader, 100), .. Enumerable.Range(0, 50).Select(i => Batch(i, Phase.Train, TrainLoader, Enumerable.Range(0, 8).Select(_ => random.Next(300)), 0, i)),
            .. Enumerable.Range(0, 12).Select(i => Batch(50, Phase.Evaluate, ValidationLoader, Enumerable.Range(0, 8).Select(_ => random.Next(300)), 0, i)),
        ];

        Leak(run).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void No_leak_is_seen_where_examples_are_new_or_repeat_by_nature_or_are_the_training_set()
    {
        Leak(Run(ValidationLoader, Enumerable.Range(100, 32))).ShouldBeOfType<Verdict.Passed>();
        Leak(Run(ValidationLoader, Enumerable.Range(0, 32))).ShouldBeOfType<Verdict.Passed>("all of it is the training set: another finding, or none");
        Leak(Run(ValidationLoader, Enumerable.Range(56, 32), hash: x => x % 40)).ShouldBeOfType<Verdict.Passed>();
        Leak(Run(null, Enumerable.Range(56, 32))).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Leak([]).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
