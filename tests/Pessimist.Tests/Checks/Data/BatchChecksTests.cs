using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES116 and PES119: what the hashes of batches show.</summary>
public sealed class BatchChecksTests
{
    static readonly long[] s_labels = [.. Enumerable.Range(0, 8).Select(i => (long)i % 3)];

    static IEnumerable<BatchObserved> Steps(int count, Func<int, int> first, Func<int, (int Epoch, int Index)> at) =>
        Enumerable.Range(0, count).Select(i => Batch(i, Phase.Train, TrainLoader, Enumerable.Range(8 * first(i), 8), at(i).Epoch, at(i).Index));

    static BatchObserved Evaluation(long step) => Batch(step, Phase.Evaluate, ValidationLoader, Enumerable.Range(1000, 8));

    static Verdict Repeated(params IEnumerable<Observation> run) => Diagnose([Loader(TrainLoader), Loader(ValidationLoader, 16), .. run]).VerdictOf("repeated-batches");

    [Fact]
    public void A_loader_started_anew_at_each_step_is_a_warning_where_something_is_evaluated()
    {
        var finding = Repeated([.. Steps(40, _ => 0, i => (i, 0)), Evaluation(40)]).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("every step trains on the same batch, one of 8: the loader is started anew each time");
        finding.Location!.Line.ShouldBe(10);
    }

    [Fact]
    public void A_new_loader_for_each_step_is_one_loader()
    {
        Observation[] run = [.. Enumerable.Range(0, 40).SelectMany(i => new Observation[] { Loader(i) with { Site = At(12) }, Batch(i, Phase.Train, i, Enumerable.Range(0, 8)) })];

        Diagnose(run).FindingOf("repeated-batches").ShouldNotBeNull().Level.ShouldBe(Level.Note);
        var finding = Diagnose([.. run, Batch(40, Phase.Evaluate, null, Enumerable.Range(1000, 8)), Tried(SingleBatchVerdict.Passes)]).FindingOf("repeated-batches").ShouldNotBeNull();
        finding.Level.ShouldBe(Level.Warning, "other examples are evaluated");
        finding.Message.ShouldEndWith("the loader is started anew each time");
    }

    [Fact]
    public void A_single_batch_overfitted_by_hand_is_a_note() => Repeated(Steps(40, _ => 0, _ => (0, 0))).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);

    [Fact]
    public void A_single_batch_overfitted_by_the_tool_is_silent() => Repeated([Tried(SingleBatchVerdict.Passes), .. Steps(40, _ => 0, _ => (0, 0))]).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void The_last_batch_used_on_is_found() =>
        Repeated(Steps(60, i => Math.Min(i, 7), i => (0, Math.Min(i, 7)))).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe("from step 7 on, every step trains on the same batch");

    [Fact]
    public void Workers_that_do_the_same_are_found() =>
        Repeated(Steps(40, i => i / 2, i => (0, i))).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldContain("several times in a row within an epoch");

    [Fact]
    public void Different_batches_pass() => Repeated(Steps(40, i => i % 8, i => (i / 8, i % 8))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Two_steps_with_one_batch_are_silent() => Repeated(Steps(80, i => i / 2 % 8, i => (i / 16, i / 2 % 8))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void The_whole_data_at_once_are_silent() =>
        Diagnose([Loader(TrainLoader, 8), .. Steps(40, _ => 0, i => (i, 0)), Evaluation(40)]).VerdictOf("repeated-batches").ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Batches_of_no_loader_are_not_judged() => Repeated(Steps(40, _ => 0, _ => (0, 0)).Select(b => b with { Loader = null })).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Four_distinct_examples_make_equal_batches_by_nature() =>
        Repeated(Enumerable.Range(0, 40).Select(i => Batch(i, Phase.Train, TrainLoader, [0, 1, 2, 3], i / 8, i % 8))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Few_batches_say_nothing()
    {
        Repeated(Steps(10, _ => 0, i => (i, 0))).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Repeated().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    /// <summary>Two validation batches, evaluated after each of three epochs.</summary>
    static IEnumerable<Observation> Evaluations(Func<int, int, int> first, Func<int, int, long[]> labels, int loader = ValidationLoader) => Enumerable.Range(1, 3)
        .SelectMany(e => Enumerable.Range(0, 2).Select(i => Batch(8 * e, Phase.Evaluate, loader, Enumerable.Range(first(e, i), 8), e, i) with { LabelOrder = labels(e, i) }));

    static Verdict Augmented(params IEnumerable<Observation> run) =>
        Diagnose([Loader(TrainLoader), Loader(ValidationLoader, 16) with { RandomTransforms = ["RandomCrop"] }, .. Steps(8, i => i, i => (0, i)), .. run]).VerdictOf("augmented-validation-data");

    [Fact]
    public void The_same_labels_with_other_inputs_are_proved()
    {
        var finding = Augmented(Evaluations((e, i) => 1000 * e + 8 * i, (_, _) => s_labels)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Level.ShouldBe(Level.Warning);
        finding.Evidence[0].Measured.ShouldBe("4 of 4");
        finding.Evidence[1].Measured.ShouldBe("RandomCrop");
        finding.Location!.Line.ShouldBe(11);
    }

    [Fact]
    public void Fixed_data_pass() => Augmented(Evaluations((_, i) => 8 * i, (_, _) => s_labels)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Shuffled_data_pass()
    {
        var random = new Random(0);
        Augmented(Evaluations((e, i) => 1000 * e + 8 * i, (_, _) => [.. Enumerable.Range(0, 8).Select(_ => (long)random.Next(3))])).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Averaging_over_transforms_at_one_step_is_silent() =>
        Augmented([.. Evaluations((e, i) => 1000 * e + 8 * i, (_, _) => s_labels), .. Evaluations((e, i) => 5000 * e + 8 * i, (_, _) => s_labels)]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_training_loader_may_augment() => Augmented(Evaluations((e, i) => 1000 * e + 8 * i, (_, _) => s_labels, TrainLoader)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Noise_where_there_are_no_classes_is_the_task() => Augmented(Evaluations((e, i) => 1000 * e + 8 * i, (_, _) => [])).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void One_evaluation_says_nothing() => Augmented(Evaluations((e, i) => 8 * i, (_, _) => s_labels).Take(2)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Augmentation_that_an_experiment_confirmed_is_a_cause() =>
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Oscillates), Experiment("augmentation-too-strong", ExperimentOutcome.Confirmed)])
            .Findings.ShouldHaveSingleItem().Message.ShouldBe("the augmentation is too strong, or labels are not transformed along: the single batch oscillates");

    [Fact]
    public void Augmentation_alone_is_no_finding()
    {
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Oscillates), Experiment("augmentation-too-strong", ExperimentOutcome.Consistent)]).VerdictOf("augmentation-too-strong").ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(ThreeSeeds(SingleBatchVerdict.Passes)).VerdictOf("augmentation-too-strong").ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf("augmentation-too-strong").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    /// <summary>Twenty rows without class labels, evaluated four times; of each evaluation some rows are others.</summary>
    static Verdict Rows(Func<int, int, bool> changes, bool shuffles = false) => Diagnose(
    [
        Loader(TrainLoader), Loader(ValidationLoader, 20, 20, shuffles), .. Steps(8, i => i, i => (0, i)),
        .. Enumerable.Range(0, 4).Select(e => Batch(8 * (e + 1), Phase.Evaluate, ValidationLoader, Enumerable.Range(0, 20).Select(i => 1000 + i + (changes(e, i) ? 100 * (e + 1) : 0)), e)),
    ]).VerdictOf("augmented-validation-data");

    [Fact]
    public void Rows_that_change_between_rows_that_stay_are_proved_without_labels() =>
        Rows((e, i) => (e + i) % 3 == 0).ShouldBeOfType<Verdict.Found>().Finding.Location!.Line.ShouldBe(11);

    [Fact]
    public void Rows_that_stay_all_change_or_are_shuffled_show_no_random_changes()
    {
        Rows((_, _) => false).ShouldNotBeOfType<Verdict.Found>();
        Rows((_, _) => true).ShouldNotBeOfType<Verdict.Found>("generated anew, maybe");
        Rows((e, i) => (e + i) % 3 == 0, shuffles: true).ShouldNotBeOfType<Verdict.Found>();
    }
}
