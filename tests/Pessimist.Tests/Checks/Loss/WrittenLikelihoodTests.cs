using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES308 loss-sign-flipped, where the formula of what is minimized tells.</summary>
public sealed class WrittenLikelihoodTests
{
    static readonly OptimizerBuilt s_optimizer = Optimizer(0, "Adam", "fc.weight");

    static Finding? Judge(Func<TraceBuilder, TensorFacts> loss)
    {
        List<Observation> records = [s_optimizer, .. Loop(60, kind: "custom")];
        foreach (var step in new[] { 0, 1 })
        {
            var build = new TraceBuilder(step);
            loss(build);
            records.AddRange(build.Operations);
        }

        return Diagnose(records).FindingOf("loss-sign-flipped");
    }

    /// <summary>Probabilities of what was observed, and their logarithm.</summary>
    static TensorFacts LogPicked(TraceBuilder build)
    {
        var probabilities = build.Op("softmax", build.Linear(build.Input(32, 8), "head", 10), dimension: 1) with { Min = 0.01, Max = 0.9 };
        var picked = build.Op("gather", [probabilities, build.Target(32)], [32]) with { Min = 0.01, Max = 0.9 };
        return build.Op("log", picked);
    }

    [Fact]
    public void A_mean_log_probability_that_is_minimized_is_climbed()
    {
        var finding = Judge(b => b.Op("mean", [LogPicked(b)], [])).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.File).ShouldBe((Level.Error, EvidenceClass.Proved, "net.py"));
    }

    [Fact]
    public void Its_negative_is_right() => Judge(b => b.Op("neg", b.Op("mean", [LogPicked(b)], []))).ShouldBeNull();

    [Fact]
    public void An_advantage_of_both_signs_says_nothing() =>
        Judge(b => b.Op("mean", [b.Op("mul", [LogPicked(b), b.Tensor(null, 32) with { Min = -1, Max = 1 }], [32])], [])).ShouldBeNull();

    [Fact]
    public void A_squared_distance_from_the_data_that_is_subtracted_is_climbed() =>
        Judge(b => b.Op("neg", b.Op("mean", [b.Op("square", b.Op("sub", [b.Linear(b.Input(32, 8), "head", 1), b.Target(32, 1)], [32, 1]))], []))).ShouldNotBeNull();

    [Fact]
    public void A_distance_between_two_outputs_may_be_pushed_apart() =>
        Judge(b => b.Op("neg", b.Op("mean", [b.Op("square", b.Op("sub", [b.Linear(b.Input(32, 8), "a", 1), b.Linear(b.Input(32, 8), "b", 1)], [32, 1]))], []))).ShouldBeNull();

    /// <summary>Counts times the logarithm of the rate, and the rate.</summary>
    static (TensorFacts Product, TensorFacts Rate) Poisson(TraceBuilder build, double lowest = 0)
    {
        var logarithm = build.Linear(build.Input(32, 8), "head", 1);
        return (build.Op("mul", [build.Target(32, 1) with { Min = lowest, Max = 9 }, logarithm], [32, 1]), build.Op("exp", logarithm));
    }

    [Fact]
    public void A_poisson_likelihood_that_is_minimized_is_climbed()
    {
        Judge(b => Poisson(b) is var (product, rate) ? b.Op("mean", [b.Op("sub", [product, rate], [32, 1])], []) : product).ShouldNotBeNull();
        Judge(b => Poisson(b) is var (product, rate) ? b.Op("mean", [b.Op("sub", [rate, product], [32, 1])], []) : product).ShouldBeNull();
        // Numbers of both signs are no counts.
        Judge(b => Poisson(b, lowest: -1) is var (product, rate) ? b.Op("mean", [b.Op("sub", [product, rate], [32, 1])], []) : product).ShouldBeNull();
    }

    [Fact]
    public void A_right_term_beside_a_wrong_one_says_nothing() =>
        Judge(b => b.Op("sub", [b.Op("mean", [LogPicked(b)], []), b.Op("mean", [LogPicked(b)], [])], [])).ShouldBeNull();
}
