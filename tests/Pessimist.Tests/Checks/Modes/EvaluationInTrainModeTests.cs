using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES601 and PES605: what the passes over held-out data show.</summary>
public sealed class EvaluationInTrainModeTests
{
    static IEnumerable<Observation> Epochs(int epochs, Func<long, IEnumerable<Observation>> evaluation) =>
    [
        Optimizer(), Loader(TrainLoader), Loader(ValidationLoader, 8),
        .. Enumerable.Range(0, epochs).SelectMany(e => (IEnumerable<Observation>)
        [
            .. Enumerable.Range(0, 8).SelectMany(i => new Observation[]
            {
                Batch(8 * e + i, Phase.Train, TrainLoader, Enumerable.Range(8 * i, 8), e, i), Pass(8 * e + i, Phase.Train, training: true), Loop(LoopAction.OptimizerStep, 8 * e + i + 1),
            }),
            .. evaluation(8 * e + 8),
        ]),
    ];

    static IEnumerable<Observation> Validate(long step, bool training, bool gradients = false) =>
        [Batch(step, Phase.Evaluate, ValidationLoader, Enumerable.Range(100, 8)), Pass(step, Phase.Evaluate, training, gradients)];

    static Verdict Of(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("evaluation-in-train-mode");

    [Fact]
    public void Dropout_and_batch_norm_that_stay_on_are_proved_with_the_line()
    {
        var finding = Of(Epochs(3, step => Validate(step, training: true))).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("the network is evaluated in training mode: 'drop', 'norm'");
        finding.Location.ShouldBe(new Location("train.py", 31, "main", "drop"));
        finding.Related[0].Line.ShouldBe(11);
        finding.Evidence[0].Measured.ShouldBe("3 of 3");
    }

    [Fact]
    public void Evaluation_mode_passes() => Of(Epochs(3, step => Validate(step, training: false))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Functional_dropout_that_is_not_told_the_mode_is_found()
    {
        IEnumerable<Observation> Evaluate(long step) =>
            [Batch(step, Phase.Evaluate, ValidationLoader, Enumerable.Range(100, 8)), Pass(step, Phase.Evaluate, training: false) with { DropoutsOn = ["body"], DropoutsOff = [] }];
        var body = new ModuleBuilt { Name = "body", Type = "Block" };

        Of([body, .. Epochs(2, Evaluate)]).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldContain("not told the mode in 'body'");
        Of([body with { Type = "Dropout" }, .. Epochs(2, Evaluate)]).ShouldBeOfType<Verdict.Passed>("a dropout module that is on in evaluation mode was switched on");
    }

    [Fact]
    public void Averaging_over_dropout_masks_is_silent()
    {
        Of(Epochs(2, step => Enumerable.Range(0, 5).SelectMany(_ => Validate(step, training: true)))).ShouldBeOfType<Verdict.Passed>();
        Of(Epochs(2, step => Validate(step, training: true).Select(o => o is PassObserved p ? p with { Passes = 20 } : o))).ShouldBeOfType<Verdict.Passed>("20 passes over one batch");
    }

    [Fact]
    public void Two_networks_on_the_same_data_are_no_average_over_masks()
    {
        IEnumerable<Observation> Both(long step) => Validate(step, training: true).SelectMany(o => o is PassObserved p ? [p] : new[] { o, o }).Append(Pass(step, Phase.Evaluate, training: true, model: 1));
        Of(Epochs(3, Both)).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void A_running_accuracy_of_the_training_batch_is_no_evaluation() =>
        Of(Epochs(2, step => [Batch(step, Phase.Evaluate, TrainLoader, Enumerable.Range(0, 8)), Pass(step, Phase.Evaluate, training: true)]))
            .ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Batch_norm_adapted_to_new_data_before_they_are_evaluated_is_silent() =>
        Of(Epochs(2, step => [.. Validate(step, training: true), Pass(step, Phase.Evaluate, training: false)])).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_dry_run_before_the_training_is_no_evaluation() =>
        Of([.. Validate(0, training: true), .. Epochs(2, step => Validate(step, training: false))]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_network_without_dropout_and_batch_norm_has_no_mode()
    {
        var run = Epochs(2, step => Validate(step, training: true)).Select(o => o is PassObserved p ? p with { DropoutsOn = [], BatchNormsOnBatch = [] } : o);

        Of(run).ShouldBeOfType<Verdict.NotApplicable>();
    }

    [Fact]
    public void Batch_norm_without_running_statistics_is_right_either_way()
    {
        var run = Epochs(2, step => Validate(step, training: true)).Select(o => o is PassObserved p ? p with { DropoutsOn = [] } : o);
        var norm = new ModuleBuilt { Name = "norm", Type = "BatchNorm1d", Settings = new Dictionary<string, double> { ["track_running_stats"] = 0 } };

        Of(run).ShouldBeOfType<Verdict.Found>();
        Of([norm, .. run]).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void The_passes_of_a_generator_in_the_discriminators_step_are_silent()
    {
        IEnumerable<Observation> Step(int i) =>
        [
            Batch(i, Phase.Evaluate, null, Enumerable.Range(1000 + 8 * i, 8)), Pass(i, Phase.Evaluate, training: true, gradients: true),
            Batch(i, Phase.Train, TrainLoader, Enumerable.Range(8 * i % 64, 8)), Pass(i, Phase.Train, training: true, model: 1), Loop(LoopAction.OptimizerStep, i + 1),
            Pass(i, Phase.Train, training: true),
        ];
        Observation[] run = [Optimizer(), Optimizer(1, "1/fc.weight"), Loader(TrainLoader), .. Enumerable.Range(0, 30).SelectMany(Step)];

        Of(run).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(run).FindingOf("evaluation-with-gradients").ShouldBeNull();
        // Pictures from test data, in training mode on purpose.
        Of([.. run, .. Validate(30, training: true)]).ShouldBeOfType<Verdict.NotApplicable>();
    }

    [Fact]
    public void Without_loaders_new_examples_with_a_loss_are_an_evaluation()
    {
        IEnumerable<Observation> Evaluate(long step, int first) => [Batch(step, Phase.Evaluate, null, Enumerable.Range(first, 8)), Pass(step, Phase.Evaluate, training: true), LossCall(step, Phase.Evaluate, 1)];

        Of(Epochs(2, step => Evaluate(step, 100))).ShouldBeOfType<Verdict.Found>();
        Of(Epochs(2, step => Evaluate(step, 8))).ShouldBeOfType<Verdict.NotEnoughEvidence>("these are training examples");
        Of(Epochs(2, step => Evaluate(step, 100).Where(o => o is not LossObserved))).ShouldBeOfType<Verdict.NotEnoughEvidence>("noise for a generator looks alike");
    }

    [Fact]
    public void A_training_that_evaluates_nothing_says_nothing() => Of(Epochs(2, _ => [])).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_graph_that_no_backward_pass_uses_is_a_note()
    {
        var finding = Diagnose(Epochs(2, step => Validate(step, training: false, gradients: true))).FindingOf("evaluation-with-gradients").ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Note);
        finding.Location!.Line.ShouldBe(31);
        Diagnose(Epochs(2, step => Validate(step, training: false))).VerdictOf("evaluation-with-gradients").ShouldBeOfType<Verdict.Passed>();
        Diagnose(Epochs(2, _ => [])).VerdictOf("evaluation-with-gradients").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
