using Pessimist.Tests;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Subjects;

public sealed class TorchSubjectTests
{
    static Trial Run(TorchSubject subject, Recipe recipe, int steps = 20, int seed = 0, bool detailed = false) =>
        subject.Run(new TrialRequest { Recipe = recipe, Seed = seed, Steps = steps, Detailed = detailed, Cancel = TestContext.Current.CancellationToken });

    static Recipe Of(Intervention change) => Recipe.Of(change);

    [Fact]
    public void A_trial_starts_afresh_and_repeats_itself_bit_for_bit()
    {
        var subject = Samples.DigitsSubject();
        var first = Run(subject, Recipe.AsIs);
        Run(subject, Of(new SetLearningRate(1)));

        Run(subject, Recipe.AsIs).Losses.ShouldBe(first.Losses);
        Run(subject, Recipe.AsIs, seed: 1).Losses.ShouldNotBe(first.Losses);
        first.Losses.Count.ShouldBe(21);
    }

    [Fact]
    public void Neither_the_random_numbers_of_others_nor_tensors_are_touched()
    {
        var subject = Samples.DigitsSubject();
        Run(subject, Recipe.AsIs, detailed: true);
        Garbage.Settle();
        var (state, tensors) = (Rng.GetState(), Memory.LiveTensors);

        Run(subject, Of(new ShuffleInputs()), detailed: true);
        subject.Probe(Recipe.AsIs, 0);

        Rng.GetState().ShouldBe(state);
        Memory.LiveTensors.ShouldBe(tensors);
    }

    [Fact]
    public void Each_intervention_changes_the_training()
    {
        var subject = Samples.Subject(Samples.RawDigits.Take(32, 0), d => Samples.Mlp(d, 0.3),
            s => s with { WeightDecay = 0.1, Init = InitScheme.Normal(0.1) }, normalized: Samples.Digits.Take(32, 0));
        var asIs = Run(subject, Recipe.AsIs).Losses;

        foreach (var change in new Intervention[] { new SetLearningRate(1e-3), new ScaleLoss(-1), new SetWeightDecay(0), new SetDropout(0), new UseDefaultInitialization(),
            new NormalizeInputs(), new UseFloat64(), new ZeroInputs(), new ShuffleInputs(), new ShuffleLabels(), new UseReferenceModel() })
            Run(subject, Of(change)).Losses.ShouldNotBe(asIs, change.Words);
    }

    [Fact]
    public void What_cannot_be_changed_is_said_and_never_left_out()
    {
        var subject = Samples.DigitsSubject();

        subject.Supports(new NormalizeInputs()).ShouldBeFalse();
        subject.Supports(new SetDropout(0.3)).ShouldBeFalse();
        Should.Throw<NotSupportedException>(() => Run(subject, Of(new NormalizeInputs())));
    }

    [Fact]
    public void The_hash_tells_a_frozen_batch_from_one_that_changes()
    {
        var subject = Samples.DigitsSubject();
        var frozen = Run(subject, Recipe.AsIs);
        var shuffled = Run(subject, Of(new ShuffleInputs()));

        frozen.LastHash.ShouldBe(frozen.FirstHash);
        shuffled.FirstHash.ShouldBe(frozen.FirstHash);
        shuffled.LastHash.ShouldNotBe(frozen.FirstHash);
    }

    [Fact]
    public void The_untrained_network_is_measured_without_a_step()
    {
        var trial = Run(Samples.DigitsSubject(), Recipe.AsIs, steps: 0);

        trial.Losses.Count.ShouldBe(1);
        trial.Losses[0].ShouldBe(Math.Log(10), 0.05);
        trial.OutputScale.ShouldBeLessThan(0.5);
        trial.FinalError!.Value.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void A_watched_trial_records_gradients_and_updates_of_every_parameter()
    {
        var trial = Run(Samples.DigitsSubject(s => s with { WeightDecay = 100 }), Recipe.AsIs, detailed: true);

        trial.Parameters.Select(p => p.Name).ShouldBe(["layers.1.weight", "layers.1.bias", "layers.3.weight", "layers.3.bias"]);
        trial.Parameters.ShouldAllBe(p => p.GradientNorms.Count == 20 && p.UpdateRatios.Count == 20 && !p.UnitsIdentical);
        trial.PenaltyGradientNorm!.Value.ShouldBeGreaterThan(10 * trial.DataGradientNorm!.Value);
        Run(Samples.DigitsSubject(s => s with { Init = InitScheme.Constant(0.1) }), Recipe.AsIs, detailed: true).Parameters[0].UnitsIdentical.ShouldBeTrue();
    }

    [Fact]
    public void The_probe_points_downhill_only_when_the_program_descends()
    {
        var down = Samples.DigitsSubject().Probe(Recipe.AsIs, 0).ShouldNotBeNull();
        var up = Samples.DigitsSubject(s => s with { LossSign = -1 }).Probe(Recipe.AsIs, 0).ShouldNotBeNull();

        down.Cosine.ShouldBeGreaterThan(0.1);
        up.Cosine.ShouldBe(-down.Cosine, 1e-6);
        down.Along[0].Loss.ShouldBeLessThan(down.Loss);
        up.Along[0].Loss.ShouldBeGreaterThan(up.Loss);
    }

    [Fact]
    public void Sgd_without_momentum_steps_exactly_along_the_gradient()
    {
        var probe = Samples.DigitsSubject(s => s with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.1 }).Probe(Recipe.AsIs, 0).ShouldNotBeNull();

        probe.Cosine.ShouldBe(1, 1e-6);
        probe.UpdateNorm.ShouldBe(0.1 * probe.GradientNorm, 1e-6);
    }

    [Fact]
    public void A_cancelled_trial_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Should.Throw<OperationCanceledException>(() => Samples.DigitsSubject().Run(new TrialRequest { Seed = 0, Steps = 5, Cancel = source.Token }));
    }

    [Fact]
    public void A_first_loss_near_ln_K_needs_no_reason()
    {
        var result = InitialLossReason.Measure(Samples.DigitsSubject(), [0, 1, 2], TestContext.Current.CancellationToken);

        result.Experiments.ShouldBeEmpty();
        result.Loss.Reason.ShouldBeNull();
    }

    [Fact]
    public void A_first_loss_far_off_comes_with_its_confirmed_reason()
    {
        var start = InitialLossReason.Measure(Samples.DigitsSubject(s => s with { Init = InitScheme.Normal(1) }), [0, 1], TestContext.Current.CancellationToken);
        start.Experiments.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Cause.ShouldBe(Causes.InitializationScale), e => e.Outcome.ShouldBe(ExperimentOutcome.Confirmed));
        start.Loss.Reason.ShouldNotBeNull().ShouldContain("default initialization");

        var raw = Samples.Pictures(255);
        var inputs = InitialLossReason.Measure(Samples.Subject(raw.Take(16, 0), Samples.LeNet, normalized: Samples.Standardized(raw).Take(16, 0)), [0, 1],
            TestContext.Current.CancellationToken);
        inputs.Experiments.ShouldHaveSingleItem().Cause.ShouldBe(Causes.InputNotNormalized);
    }
}
