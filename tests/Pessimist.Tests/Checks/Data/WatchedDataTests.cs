using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES101, PES102, PES106 and PES108 as far as they speak of watched programs.</summary>
public sealed class WatchedDataTests
{
    static IEnumerable<Observation> Batches(Func<TensorFacts, TensorFacts> input, params long[] shape) => Enumerable.Range(0, 8)
        .Select(i => Batch(i, Phase.Train, TrainLoader, Enumerable.Range(8 * i, 8)) with { Inputs = [input(Tensor(shape.Length > 0 ? shape : [8, 4]) with { Min = 0, Max = 1, Mean = 0.4, Std = 0.3 })] });

    static readonly IEnumerable<Observation> s_raw = Batches(t => t with { Max = 255, Mean = 80, Std = 70 });

    static Verdict Normalized(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("input-not-normalized");

    [Fact]
    public void Raw_inputs_are_found_while_the_loss_does_not_come_down()
    {
        var finding = Normalized([.. s_raw, .. StuckLosses]).ShouldBeOfType<Verdict.Found>().Finding;

        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        finding.Message.ShouldBe("inputs reach the network at raw scale: mean 80, standard deviation 70");
        finding.Location!.Line.ShouldBe(20);
        Normalized([.. s_raw, .. FallingLosses]).ShouldBeOfType<Verdict.Passed>();
        Normalized([.. s_raw, .. StuckLosses, .. ThreeSeeds(SingleBatchVerdict.Passes)]).ShouldBeOfType<Verdict.Passed>("the batch is fitted");
    }

    [Fact]
    public void An_experiment_confirms_raw_inputs() =>
        Normalized([.. s_raw, .. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment("input-not-normalized", ExperimentOutcome.Confirmed)])
            .ShouldBeOfType<Verdict.Found>().Finding.EvidenceClass.ShouldBe(EvidenceClass.Confirmed);

    [Fact]
    public void Raw_targets_of_a_regression_are_found_while_it_does_not_learn()
    {
        static IEnumerable<Observation> Regression(double last) => Enumerable.Range(0, 60).SelectMany(i => new Observation[]
        {
            LossCall(i, Phase.Train, 250_000 * (i < 10 ? 1 : last), "mse") with { Target = Tensor(8, 1) with { Mean = 3000, Std = 500 } },
            Loop(LoopAction.Backward, i, 250_000 * (i < 10 ? 1 : last)), Loop(LoopAction.OptimizerStep, i + 1),
        });

        Normalized(Regression(1)).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe("regression targets reach the network at raw scale: mean 3000, standard deviation 500");
        Normalized(Regression(0.1)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_network_that_scales_its_input_itself_is_silent()
    {
        ModuleBuilt[] modules = [new() { Name = "", Type = "Net", HasChildren = true }, new() { Name = "norm", Type = "BatchNorm2d" }, new() { Name = "fc", Type = "Linear" }];
        var trace = new TraceBuilder();
        trace.Linear(trace.Op("div", trace.Input(8, 4)), "fc", 10);

        Normalized([.. modules, .. s_raw, .. StuckLosses]).ShouldBeOfType<Verdict.Passed>();
        Normalized([.. trace.Operations, .. s_raw, .. StuckLosses]).ShouldBeOfType<Verdict.Passed>();
        Normalized([.. modules.Skip(2), .. s_raw, .. StuckLosses]).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void Ids_and_small_numbers_are_silent_and_no_batches_say_nothing()
    {
        Normalized([.. Batches(t => t with { DType = "int64", Max = 9000, Mean = 4000, Std = 2000 }), .. StuckLosses]).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Normalized([.. Batches(t => t), .. StuckLosses]).ShouldBeOfType<Verdict.Passed>();
        Normalized(StuckLosses).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static Verdict Twice(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("input-normalized-twice");

    [Fact]
    public void Pixels_divided_twice_are_proved_by_their_largest()
    {
        var finding = Twice([.. Batches(t => t with { Max = 1 / 255f, Mean = 0.0005, Std = 0.001 }, 8, 1, 28, 28), .. FallingLosses]).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Message.ShouldBe("pixels were divided by 255 twice: the largest is 0.0039");
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
    }

    [Fact]
    public void Pictures_that_hardly_vary_are_found_only_with_a_symptom()
    {
        Observation[] dim = [.. Batches(t => t with { Min = -2.2, Max = -2.17, Mean = -2.19, Std = 0.004 }, 8, 3, 32, 32)];

        Twice([.. dim, .. StuckLosses]).ShouldBeOfType<Verdict.Found>().Finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Twice([.. dim, .. FallingLosses]).ShouldBeOfType<Verdict.Passed>();
        Twice([.. Batches(t => t, 8, 3, 32, 32), .. StuckLosses]).ShouldBeOfType<Verdict.Passed>();
        Twice([.. Batches(t => t with { Std = 0.001 }), .. StuckLosses]).ShouldBeOfType<Verdict.NotEnoughEvidence>("a table in small units");
    }

    static Verdict Finite(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("input-not-finite");

    [Fact]
    public void What_another_network_made_is_no_data() =>
        Finite(Bad(5) with { Inputs = [Tensor(8, 4) with { NonFinite = 3, RequiresGrad = true }] }, LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void What_follows_finite_data_in_its_step_was_made_from_them() =>
        Finite(Bad(5) with { Inputs = [Tensor(8, 4) with { NonFinite = 0 }] }, Bad(5), LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Passed>();

    static BatchObserved Bad(long step) => Batch(step, Phase.Train, TrainLoader, Enumerable.Range(0, 8)) with { Inputs = [Tensor(8, 4) with { NonFinite = 3 }] };

    [Fact]
    public void NaN_in_a_batch_before_a_NaN_loss_is_proved()
    {
        var finding = Finite(Bad(5), LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Message.ShouldBe("3 values of the input are not finite, first in the batch of step 5");
        finding.Level.ShouldBe(Level.Error);
        Finite(LossCall(5, Phase.Train, double.NaN), Bad(5)).ShouldBeOfType<Verdict.Found>("told the other way round");
        Finite(Bad(5) with { Inputs = [Tensor(8, 4)], Target = Tensor(8) with { NonFinite = 1 } }, LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Found>()
            .Finding.Message.ShouldBe("1 value of the target is not finite, first in the batch of step 5");
    }

    [Fact]
    public void A_second_input_counts_as_well() =>
        Finite(Bad(5) with { Inputs = [Tensor(8, 4), Tensor(8, 8) with { NonFinite = 20, Std = 1 }] }, LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Found>()
            .Finding.Message.ShouldStartWith("20 values of the input");

    [Fact]
    public void A_program_that_deals_with_NaN_and_masks_of_their_own_are_silent()
    {
        Finite(Bad(5), LossCall(5, Phase.Train, 0.7)).ShouldBeOfType<Verdict.Passed>();
        Finite(LossCall(5, Phase.Train, 0.7), Bad(5)).ShouldBeOfType<Verdict.Passed>();
        Finite(Bad(5) with { Inputs = [Tensor(8, 4), Tensor(8, 8) with { NonFinite = 20 }] }, LossCall(5, Phase.Train, double.NaN)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Without_a_batch_or_a_loss_nothing_is_known()
    {
        Finite(StuckLosses).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Finite(Bad(5)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static Verdict Range(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("labels-out-of-range");

    static LossObserved Binary(double min, double max, string kind = "bce-with-logits") => LossCall(0, Phase.Train, 0.7, kind) with { Target = Tensor(8, 1) with { Min = min, Max = max } };

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 2)]
    public void Labels_outside_of_0_to_1_in_a_binary_loss_are_proved(double min, double max) =>
        Range(Binary(min, max)).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe($"labels of a binary cross-entropy lie within {min}..{max}: the loss has no minimum");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.05, 0.95)]
    [InlineData(-0.1, 1.2)]
    public void Labels_that_are_smoothed_pass(double min, double max) => Range(Binary(min, max)).ShouldBeOfType<Verdict.Passed>();

    static LossObserved Soft(double mean, double max = 1) => LossCall(0, Phase.Train, 0.7) with { Input = Tensor(8, 10), Target = Tensor(8, 10) with { Min = 0, Max = max, Mean = mean } };

    [Theory]
    [InlineData(0.05, "0.5")]
    [InlineData(0.2, "2")]
    public void Soft_labels_that_do_not_sum_to_1_are_a_warning(double mean, string sum) =>
        Range(Soft(mean)).ShouldBeOfType<Verdict.Found>().Finding.ShouldSatisfyAllConditions(
            f => f.Message.ShouldBe($"soft labels of a cross-entropy sum to {sum} on average"), f => f.Level.ShouldBe(Level.Warning));

    [Fact]
    public void Soft_labels_that_do_and_weighted_ones_pass()
    {
        Range(Soft(0.1, 0.7)).ShouldBeOfType<Verdict.Passed>();
        Range(Soft(0.3, 5)).ShouldBeOfType<Verdict.Passed>("returns in place of labels");
    }

    [Fact]
    public void Labels_of_other_losses_may_be_any_number_and_no_loss_says_nothing()
    {
        Range(Binary(-1, 1, "mse")).ShouldBeOfType<Verdict.Passed>();
        Range().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_crash_over_a_class_id_is_explained()
    {
        var crash = new ExceptionRaised { Type = "IndexError", Message = "Target 10 is out of bounds.", Operation = "cross_entropy_loss", Inputs = [Tensor(8, 10), Tensor(8)], Stack = [At(22)] };

        var finding = Range(crash).ShouldBeOfType<Verdict.Found>().Finding;
        finding.Message.ShouldBe("the class id 10 is out of range: the network has 10 outputs, for ids 0..9");
        finding.Notes.ShouldHaveSingleItem().ShouldContain("subtract 1");
        finding.Location!.Line.ShouldBe(22);
        Range(crash with { Message = "index out of range in self" }).ShouldBeOfType<Verdict.NotEnoughEvidence>("an embedding, for one");
    }
}
