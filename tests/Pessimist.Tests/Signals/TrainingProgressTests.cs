using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Tests.Signals;

public sealed class TrainingProgressTests
{
    [Fact]
    public void A_falling_loss_learns() => Of(Falling(2.3, 0.4, 200), "cross-entropy", 10).State.ShouldBe(ProgressState.Learns);

    [Fact]
    public void A_loss_that_stays_at_guessing_is_stuck() => Of(Flat(2.303, 200), "cross-entropy", 10).State.ShouldBe(ProgressState.Stuck);

    [Fact]
    public void Down_from_a_bad_start_to_worse_than_guessing_is_stuck() => Descending([.. Falling(9, 1.9, 100), .. Flat(1.9, 300)], 5).State.ShouldBe(ProgressState.Stuck);

    [Fact]
    public void Down_from_a_bad_start_and_still_falling_is_unclear() => Descending([.. Falling(9, 1.9, 100)], 5).State.ShouldBe(ProgressState.Unclear);

    [Fact]
    public void A_sum_of_losses_may_stay_above_what_guessing_costs_for_one() => Descending([.. Falling(9, 1.9, 100), .. Flat(1.9, 300)], 5, extra: 0.2).State.ShouldBe(ProgressState.Learns);

    /// <summary>Backward starts from the loss, or from more than it.</summary>
    static TrainingProgress Descending(double[] losses, long classes, double extra = 0)
    {
        var progress = new TrainingProgress();
        foreach (var (loss, step) in losses.Select((l, s) => (l, s)))
        {
            progress.Read(new LossObserved { Step = step, Phase = Phase.Train, Kind = "cross-entropy", Value = loss, Input = new TensorFacts { Shape = [32, classes], DType = "float32" } });
            progress.Read(new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = loss + extra });
        }

        return progress;
    }

    [Fact]
    public void Up_from_knowing_nothing_and_back_to_it_is_stuck()
    {
        double[] leap = [1.62, .. Falling(20, 1.55, 150), .. Flat(1.5, 100)];
        Descending(leap, 5).State.ShouldBe(ProgressState.Stuck);
        // Back to less than that it has learned something.
        Descending([.. leap, .. Flat(1.1, 100)], 5).State.ShouldBe(ProgressState.Learns);
    }

    [Fact]
    public void Losses_between_recorded_steps_count_as_those_that_were()
    {
        var progress = Descending([.. Falling(9, 1.9, 50)], 5);
        progress.Read(new LossesFollowed { Step = 50, Values = Flat(1.9, 300) });

        progress.Count.ShouldBe(350);
        progress.State.ShouldBe(ProgressState.Stuck);
    }

    [Theory]
    [InlineData(0.92, ProgressState.Unclear)] // returns, clicks: most of it is noise
    [InlineData(0.99, ProgressState.Stuck)]
    public void A_regression_that_explains_a_little_is_not_stuck(double left, ProgressState state)
    {
        var progress = new TrainingProgress();
        for (var step = 0; step < 300; step++)
        {
            progress.Read(new LossObserved
            {
                Step = step, Phase = Phase.Train, Kind = "mse", Value = 4 * left,
                Input = new TensorFacts { Shape = [32, 1], DType = "float32" }, Target = new TensorFacts { Shape = [32, 1], DType = "float32", Std = 2 },
            });
            progress.Read(new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = 4 * left });
        }

        progress.State.ShouldBe(state);
    }

    [Fact]
    public void A_fine_tuned_network_that_starts_low_learns() => Of(Flat(0.05, 200), "cross-entropy", 10).State.ShouldBe(ProgressState.Learns);

    [Fact]
    public void A_slow_language_model_that_still_falls_learns() => Of(Falling(10.4, 7.9, 60), "cross-entropy", 32_000).State.ShouldBe(ProgressState.Learns);

    [Fact]
    public void A_loss_that_grows_by_its_scale_alone_learns()
    {
        var progress = Of(Falling(2.3, 0.4, 200), "cross-entropy", 10);
        for (var step = 0; step < 200; step++) progress.Read(new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = 2.3 * (1 + step) });

        progress.State.ShouldBe(ProgressState.Learns);
        progress.Share.ShouldNotBeNull().ShouldBeLessThan(0.3);
    }

    [Fact]
    public void Of_two_losses_the_worse_one_counts()
    {
        var progress = Of(Falling(2.3, 0.4, 200), "cross-entropy", 10);
        foreach (var loss in Flat(2.3, 200)) progress.Read(new LossObserved { Step = 0, Phase = Phase.Train, Kind = "nll", Value = loss, Input = new TensorFacts { Shape = [32, 10], DType = "float32" } });

        progress.Share.ShouldNotBeNull().ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void A_sum_has_no_share() => Of(Falling(230, 4, 200), "custom", 10).Share.ShouldBeNull();

    [Fact]
    public void A_flat_custom_loss_says_nothing() => Of(Flat(0.7, 200), "custom", 1).State.ShouldBe(ProgressState.Unclear);

    [Fact]
    public void A_rising_loss_is_worse() => Of(Falling(2.3, 9, 100), "cross-entropy", 10).State.ShouldBe(ProgressState.Worse);

    [Fact]
    public void Few_losses_are_no_evidence() => Of(Flat(2.3, 10), "cross-entropy", 10).State.ShouldBe(ProgressState.TooShort);

    [Fact]
    public void A_NaN_is_a_symptom() => Of([.. Falling(2.3, 1, 30), double.NaN], "cross-entropy", 10).HasSymptom.ShouldBeTrue();

    [Fact]
    public void Two_players_with_two_optimizers_are_unclear()
    {
        var progress = new TrainingProgress();
        for (var step = 0; step < 100; step++)
            foreach (var player in new[] { 0, 1 })
            {
                progress.Read(new LossObserved { Step = step, Kind = "bce-with-logits", Phase = Phase.Train, Value = 0.69, Target = new TensorFacts { Shape = [8, 1], DType = "float32", Mean = 0.5 } });
                progress.Read(new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = 0.69, Site = new Site("gan.py", 10 + player) });
                progress.Read(new LoopEvent { Action = LoopAction.OptimizerStep, Step = step, Subject = player });
            }

        progress.State.ShouldBe(ProgressState.Unclear);
    }

    [Fact]
    public void Memory_is_bounded_however_long_the_run()
    {
        var progress = new TrainingProgress();
        for (var step = 0; step < 20_000; step++) progress.Read(new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = 1.0 / (1 + step) });
        progress.Count.ShouldBe(20_000);
        progress.State.ShouldBe(ProgressState.Learns);
    }

    static TrainingProgress Of(IReadOnlyList<double> losses, string kind, int classes)
    {
        var progress = new TrainingProgress();
        foreach (var (step, loss) in losses.Index())
            progress.Read(new LossObserved { Step = step, Phase = Phase.Train, Kind = kind, Value = loss, Input = new TensorFacts { Shape = [32, classes], DType = "float32" } });
        return progress;
    }

    static double[] Flat(double level, int count) => [.. Enumerable.Range(0, count).Select(i => level * (1 + 0.01 * Math.Sin(i * 2.4)))];

    static double[] Falling(double from, double to, int count) => [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1) + 0.02 * from * Math.Sin(i * 2.4))];
}
