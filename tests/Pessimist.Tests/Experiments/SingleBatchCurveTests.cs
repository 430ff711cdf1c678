using System.Text.Json;
using Pessimist.Experiments;
using static Pessimist.Observations.SingleBatchVerdict;

namespace Pessimist.Tests.Experiments;

public sealed class SingleBatchCurveTests
{
    static readonly double s_ln10 = Math.Log(10);

    static double[] Curve(int steps, Func<int, double> loss) => [.. Enumerable.Range(0, steps).Select(loss)];

    /// <summary>A repeatable ripple between -1 and 1.</summary>
    static double Noise(int i) => Math.Sin(12.9898 * i + 78.233 * Math.Sin(i));

    static CurveVerdict Classes(double[] losses, double error = 0, double floor = 0) =>
        SingleBatchCurve.Classify(losses, new BatchFloor(floor, 0), error, scale: s_ln10);

    static CurveVerdict Values(double[] losses) => SingleBatchCurve.Classify(losses, BatchFloor.Zero, null);

    [Fact]
    public void A_fast_fall_to_the_floor_passes()
    {
        var verdict = Classes(Curve(200, i => 2.3 * Math.Exp(-0.05 * i)));

        verdict.Verdict.ShouldBe(Passes);
        verdict.FittedAt.ShouldBe(97);
        verdict.Because.ShouldContain("at step 97");
    }

    [Fact]
    public void A_slow_fall_needs_more_steps_and_is_no_plateau()
    {
        var verdict = Classes(Curve(200, i => 2.3 * Math.Exp(-0.003 * i)), error: 0.4);

        verdict.Verdict.ShouldBe(NotEnoughEvidence);
        verdict.StillFalling.ShouldBeTrue();
    }

    [Fact]
    public void A_slow_noisy_fall_is_no_oscillation() =>
        Classes(Curve(400, i => 2.3 * Math.Exp(-0.004 * i) * (1 + 0.3 * Noise(i))), error: 0.1).StillFalling.ShouldBeTrue();

    [Fact]
    public void A_fall_that_would_never_arrive_is_a_plateau()
    {
        var verdict = Classes(Curve(200, i => 2.3 - 2e-6 * i), error: 0.9);

        verdict.Verdict.ShouldBe(Plateaus);
        verdict.Because.ShouldContain("too slowly to arrive");
    }

    [Fact]
    public void A_fall_that_slows_down_near_the_floor_is_no_plateau() =>
        Values(Curve(3000, i => 0.9 * Math.Exp(-0.02 * i) + 0.1 * Math.Exp(-0.0006 * i))).Verdict.ShouldBe(NotEnoughEvidence);

    [Fact]
    public void Noise_on_the_floor_passes() =>
        Classes(Curve(300, i => i < 50 ? 2.3 - 0.046 * i : 0.004 + 0.004 * Noise(i))).Verdict.ShouldBe(Passes);

    [Fact]
    public void A_flat_floor_of_smoothed_labels_passes() =>
        Classes(Curve(300, i => 0.5 + 1.8 * Math.Exp(-0.05 * i)), floor: 0.5).Verdict.ShouldBe(Passes);

    [Fact]
    public void The_same_curve_without_that_floor_is_fitted_only_because_every_example_is_right()
    {
        Classes(Curve(300, i => 0.5 + 1.8 * Math.Exp(-0.05 * i))).Verdict.ShouldBe(Passes);
        Classes(Curve(300, i => 0.5 + 1.8 * Math.Exp(-0.05 * i)), error: 0.2).Verdict.ShouldBe(Plateaus);
    }

    [Fact]
    public void Blips_after_the_fit_pass() =>
        Classes(Curve(300, i => i is > 150 and < 160 or > 240 and < 246 ? 0.4 : 2.3 * Math.Exp(-0.06 * i))).Verdict.ShouldBe(Passes);

    [Fact]
    public void One_spike_at_the_start_passes() =>
        Classes(Curve(200, i => i == 1 ? 5000 : 2.3 * Math.Exp(-0.06 * i))).Verdict.ShouldBe(Passes);

    [Fact]
    public void One_spike_during_a_fall_does_not_stop_it() =>
        Classes(Curve(200, i => i == 180 ? 9 : 2.3 * Math.Exp(-0.01 * i)), error: 0.1).StillFalling.ShouldBeTrue();

    [Fact]
    public void A_batch_that_is_fitted_from_the_start_passes_at_once()
    {
        Classes(Curve(5, _ => 0.001)).Verdict.ShouldBe(Passes);
        Values(Curve(5, _ => 0)).Verdict.ShouldBe(Passes);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_explodes_with_its_step(double bad)
    {
        Classes([bad]).ShouldSatisfyAllConditions(v => v.Verdict.ShouldBe(Explodes), v => v.FirstNonFinite.ShouldBe(0));
        Classes([2.3, 2.1, bad, 2]).FirstNonFinite.ShouldBe(2);
    }

    [Fact]
    public void A_steady_climb_goes_up() => Classes(Curve(200, i => 2.3 + 0.05 * i), error: 0.9).Verdict.ShouldBe(GoesUp);

    [Fact]
    public void Exponential_growth_explodes() => Classes(Curve(120, i => 2.3 * Math.Exp(0.09 * i)), error: 0.9).Verdict.ShouldBe(Explodes);

    [Fact]
    public void A_hump_on_the_way_down_does_not_go_up() =>
        Classes(Curve(200, i => i < 40 ? 2.3 + 2 * i : 82.3 * Math.Exp(-0.015 * (i - 40))), error: 0.5).Verdict.ShouldBe(NotEnoughEvidence);

    [Fact]
    public void A_swinging_loss_without_a_trend_oscillates()
    {
        Classes(Curve(200, i => 1.5 + (i % 2 == 0 ? 0.6 : -0.6)), error: 0.4).Verdict.ShouldBe(Oscillates);
        Classes(Curve(200, i => 1.5 + Math.Sin(i * 0.5)), error: 0.4).Verdict.ShouldBe(Oscillates);
    }

    [Fact]
    public void A_small_ripple_on_a_flat_loss_plateaus() =>
        Classes(Curve(200, i => 2.3 + 0.01 * Noise(i)), error: 0.9).Verdict.ShouldBe(Plateaus);

    [Fact]
    public void A_flat_loss_plateaus() => Classes(Curve(200, _ => 2.3), error: 0.9).Verdict.ShouldBe(Plateaus);

    [Theory]
    [InlineData(1e-8)]
    [InlineData(1)]
    [InlineData(1e8)]
    public void Squared_error_is_judged_by_its_own_scale(double unit)
    {
        Values(Curve(200, i => unit * Math.Exp(-0.05 * i))).Verdict.ShouldBe(Passes);
        Values(Curve(200, i => unit * (0.8 + 0.01 * Noise(i)))).Verdict.ShouldBe(Plateaus);
        Values(Curve(200, i => unit * (1 + 0.05 * i))).Verdict.ShouldBe(GoesUp);
    }

    [Fact]
    public void A_loss_far_above_ln_K_at_the_start_must_still_come_down_to_the_floor() =>
        Classes(Curve(400, i => 60 * Math.Exp(-0.1 * i) + 1.5), error: 0.5).Verdict.ShouldBe(Plateaus);

    [Fact]
    public void A_few_steps_say_nothing() => Classes(Curve(10, _ => 2.3), error: 0.9).Verdict.ShouldBe(NotEnoughEvidence);

    [Fact]
    public void No_steps_say_nothing() => Classes([]).Verdict.ShouldBe(NotEnoughEvidence);

    [Fact]
    public void A_batch_that_changed_is_named() =>
        SingleBatchCurve.Classify(Curve(200, _ => 2.3), BatchFloor.Zero, 0.9, "aa", "bb", s_ln10).Because.ShouldContain("batch was not the same");

    [Theory]
    [InlineData("mlp", "Passes")]
    [InlineData("mlp lr 1e-3", "Passes")]
    [InlineData("mlp first 60 steps", "NotEnoughEvidence")]
    [InlineData("mlp lr 1e-5", "NotEnoughEvidence")]
    [InlineData("mlp lr 1e-9", "Plateaus")]
    [InlineData("mlp lr 10", "Plateaus")]
    [InlineData("mlp zeros", "Plateaus")]
    [InlineData("mlp normal 1", "Passes")]
    [InlineData("mlp climbs", "GoesUp")]
    [InlineData("mlp climbs by sgd", "Explodes")]
    [InlineData("mlp decay 100", "Plateaus")]
    [InlineData("mlp decoupled decay 100", "Plateaus")]
    [InlineData("mlp dropout 0.5", "Passes")]
    [InlineData("mlp dropout 0.95", "NotEnoughEvidence")]
    [InlineData("mlp sgd 0.1", "Passes")]
    [InlineData("mlp sgd 5", "Plateaus")]
    [InlineData("lenet", "Passes")]
    [InlineData("lenet lr 0.1", "Plateaus")]
    [InlineData("lenet zeros", "Plateaus")]
    [InlineData("lenet normal 1", "Passes")]
    [InlineData("lenet decay 100", "Plateaus")]
    [InlineData("lenet raw", "Passes")]
    [InlineData("regression", "Passes")]
    [InlineData("regression huge targets", "Plateaus")]
    [InlineData("regression sgd 3", "Explodes")]
    public void Real_curves_are_named(string name, string expected) => Real(name).Verdict.ToString().ShouldBe(expected);

    /// <summary>Between two symptoms, and both would be right: all that matters is that it is one.</summary>
    [Theory]
    [InlineData("lenet lr 10")]
    [InlineData("lenet climbs")]
    [InlineData("regression lr 10")]
    public void Real_curves_of_the_sick_never_pass(string name) => Real(name).Verdict.ShouldNotBeOneOf(Passes, NotEnoughEvidence);

    [Theory]
    [InlineData("mlp")]
    [InlineData("mlp lr 1e-3")]
    [InlineData("mlp sgd 0.1")]
    [InlineData("mlp dropout 0.5")]
    [InlineData("mlp normal 1")]
    [InlineData("lenet")]
    [InlineData("lenet raw")]
    [InlineData("regression")]
    public void The_beginning_of_a_healthy_curve_is_never_called_sick(string name)
    {
        var (losses, _, scale) = Load(name);
        foreach (var steps in new[] { 20, 40, 60, 100, 150, 200, 300, 500, 800, 1200 }.Where(n => n <= losses.Length))
            SingleBatchCurve.Classify(losses[..steps], BatchFloor.Zero, name.StartsWith("reg", StringComparison.Ordinal) ? null : 0.1, scale: scale)
                .Verdict.ShouldBeOneOf(Passes, NotEnoughEvidence);
    }

    static CurveVerdict Real(string name)
    {
        var (losses, error, scale) = Load(name);
        return SingleBatchCurve.Classify(losses, BatchFloor.Zero, error, scale: scale);
    }

    static (double[] Losses, double? Error, double Scale) Load(string name)
    {
        using var stream = typeof(SingleBatchCurveTests).Assembly.GetManifestResourceStream("curves.json").ShouldNotBeNull();
        // Python writes NaN bare, which is not JSON.
        using var document = JsonDocument.Parse(new StreamReader(stream).ReadToEnd().Replace("NaN", "null", StringComparison.Ordinal)
            .Replace("Infinity", "null", StringComparison.Ordinal));
        var curve = document.RootElement.GetProperty(name);
        var error = curve.GetProperty("error");
        return ([.. curve.GetProperty("losses").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NaN : v.GetDouble())],
            error.ValueKind == JsonValueKind.Null ? null : error.GetDouble(), curve.GetProperty("scale").GetDouble());
    }
}
