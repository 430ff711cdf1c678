using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES306 broadcast-loss</summary>
public sealed class BroadcastLossTests
{
    const string Name = "broadcast-loss";

    static LossObserved Squares(long step, long[] prediction, long[] target, double value = 1) => new()
    {
        Step = step, Phase = Phase.Train, Kind = "mse", Value = value, Input = Floats(prediction), Target = Floats(target) with { Std = 1, Mean = 0 }, Site = LossLine,
    };

    [Fact]
    public void A_column_against_a_row_is_proved()
    {
        var finding = Diagnose(Steps(5, s => Squares(s, [32, 1], [32]))).FindingOf(Name).ShouldNotBeNull();

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("a prediction of shape [32, 1] is compared with a target of shape [32], which makes [32, 32] pairs");
        finding.Location!.Line.ShouldBe(57);
        finding.Fixes[0].ShouldContain("prediction.squeeze(-1)");
    }

    [Fact]
    public void The_last_batch_of_one_example_does_not_hide_it() =>
        Diagnose(Steps(5, s => s == 4 ? Squares(s, [1, 1], [1]) : Squares(s, [32], [32, 1]))).FindingOf(Name).ShouldNotBeNull();

    [Theory]
    [InlineData(new long[] { 32, 1 }, new long[] { 32, 1 })]
    [InlineData(new long[] { 32 }, new long[] { 32 })]
    [InlineData(new long[] { 32, 1 }, new long[] { 1, 32 })]
    [InlineData(new long[] { 32, 5 }, new long[] { 32, 1 })]
    [InlineData(new long[] { 1, 1 }, new long[] { 1 })]
    [InlineData(new long[] { 32, 10 }, new long[] { 10 })]
    public void Pairs_and_intended_broadcasting_are_silent(long[] prediction, long[] target) =>
        Diagnose(Steps(60, s => Squares(s, prediction, target, Falling(s)))).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_hand_written_loss_is_proved_by_the_trace()
    {
        var build = new TraceBuilder();
        var prediction = build.Linear(build.Input(32, 8), "head", 1);
        build.Op("mean", [build.Op("square", build.Op("sub", [prediction, build.Target(32)], [32, 32]))], []);

        Diagnose(build.Operations).FindingOf(Name).ShouldNotBeNull().Location!.File.ShouldBe("net.py");
    }

    [Fact]
    public void All_pairs_on_purpose_are_silent()
    {
        var build = new TraceBuilder();
        var prediction = build.Op("squeeze", [build.Linear(build.Input(32, 8), "head", 1)], [32]);
        build.Op("sub", [build.Op("unsqueeze", [prediction], [32, 1]), build.Target(32)], [32, 32]);
        var y = build.Target(32);
        build.Op("sub", [build.Op("unsqueeze", [y], [32, 1]), y], [32, 32]);

        Diagnose(build.Operations).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void A_distance_matrix_of_embeddings_is_silent()
    {
        var build = new TraceBuilder();
        var embedding = build.Linear(build.Input(32, 8), "encoder", 1);
        build.Op("sub", [embedding, build.Op("squeeze", [build.Linear(build.Input(32, 8), "other", 1)], [32])], [32, 32]);

        Diagnose(build.Operations).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void Nobody_knows_without_shapes()
    {
        Diagnose(Steps(5, s => Squares(s, [4], [4]) with { Input = null })).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
