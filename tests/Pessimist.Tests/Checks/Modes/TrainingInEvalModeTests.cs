using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES602.</summary>
public sealed class TrainingInEvalModeTests
{
    static IEnumerable<Observation> Steps(int first, int count, bool training) => Enumerable.Range(first, count)
        .SelectMany(i => new Observation[] { Pass(i, Phase.Train, training), Loop(LoopAction.OptimizerStep, i + 1) });

    static Verdict Of(params IEnumerable<Observation> run) => Diagnose([Optimizer(), .. run]).VerdictOf("training-in-eval-mode");

    [Fact]
    public void A_mode_left_over_from_an_evaluation_is_an_error_with_the_line_that_set_it()
    {
        var finding = Of([.. Steps(0, 10, true), Loop(LoopAction.Eval, 10) with { Site = At(50) }, Pass(10, Phase.Evaluate, false), .. Steps(10, 30, false)])
            .ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("the network is trained in evaluation mode from step 10 on: 'drop', 'norm'");
        finding.Location!.Line.ShouldBe(21);
        finding.Related.ShouldHaveSingleItem().Line.ShouldBe(50);
        finding.Evidence[0].Measured.ShouldBe("30 of 40");
    }

    [Fact]
    public void After_an_evaluation_before_the_first_step_it_is_an_error_too() =>
        Of([Pass(0, Phase.Evaluate, false), .. Steps(0, 20, false)]).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Error);

    [Fact]
    public void From_the_start_it_is_a_warning() => Of(Steps(0, 20, false)).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Warning);

    [Fact]
    public void From_the_start_without_learning_it_is_an_error_that_explains_the_symptom()
    {
        var result = Diagnose([Optimizer(), .. Steps(0, 20, false), .. ThreeSeeds(SingleBatchVerdict.Plateaus)]);

        result.Findings.ShouldHaveSingleItem().ShouldSatisfyAllConditions(f => f.Code.ShouldBe("PES602"), f => f.Level.ShouldBe(Level.Error), f => f.Explains.ShouldContain("PES904"));
    }

    [Fact]
    public void A_backbone_that_is_frozen_by_then_is_silent() =>
        Of([.. Steps(0, 20, true), .. Steps(20, 20, false).Select(o => o is PassObserved p ? p with { Trainable = false } : o)]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_teacher_without_gradients_is_silent() =>
        Of([.. Steps(0, 20, true), .. Steps(20, 20, false).Select(o => o is PassObserved p ? p with { GradientsOn = false } : o)]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Training_mode_passes() => Of(Steps(0, 20, true)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Batch_norm_frozen_by_itself_is_silent() =>
        Of(Steps(0, 20, false).Select(o => o is PassObserved p ? p with { Training = true, DropoutsOff = [] } : o)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Dropout_switched_on_by_itself_is_silent() =>
        Of(Steps(0, 20, false).Select(o => o is PassObserved p ? p with { DropoutsOn = ["drop"], DropoutsOff = [] } : o)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Adversarial_examples_made_in_evaluation_mode_are_silent() =>
        Of(Enumerable.Range(0, 20).SelectMany(i => new Observation[] { Pass(i, Phase.Train, false), Pass(i, Phase.Train, false), Pass(i, Phase.Train, true), Loop(LoopAction.OptimizerStep, i + 1) }))
            .ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Gradients_of_the_input_after_the_training_are_silent() =>
        Of([.. Steps(0, 20, true), Pass(20, Phase.Evaluate, false), .. Enumerable.Range(0, 50).Select(_ => Pass(20, Phase.Train, false))]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_network_that_no_optimizer_holds_is_silent() =>
        Of([Optimizer(1, "1/head.weight"), .. Steps(0, 20, true), .. Enumerable.Range(0, 20).Select(i => Pass(i, Phase.Train, false, model: 2))]).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Fine_tuning_with_a_frozen_part_in_evaluation_mode_is_silent_from_the_start_only()
    {
        var frozen = new ParameterObserved { Name = "backbone.weight", Shape = [4, 4], RequiresGradient = false };

        Of([frozen, .. Steps(0, 20, false)]).ShouldBeOfType<Verdict.Passed>();
        Of([frozen, .. Steps(0, 20, true), .. Steps(20, 20, false)]).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void A_network_without_dropout_and_batch_norm_has_no_mode() =>
        Of(Steps(0, 20, false).Select(o => o is PassObserved p ? p with { DropoutsOff = [], BatchNormsOnRunning = [] } : o)).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void Two_steps_and_no_steps_are_too_few()
    {
        Of(Steps(0, 2, false)).ShouldBeOfType<Verdict.Passed>();
        Of().ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Steps(0, 20, false)).VerdictOf("training-in-eval-mode").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
