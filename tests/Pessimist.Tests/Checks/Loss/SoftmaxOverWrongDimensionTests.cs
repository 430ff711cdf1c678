using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES307 softmax-over-wrong-dimension</summary>
public sealed class SoftmaxOverWrongDimensionTests
{
    const string Name = "softmax-over-wrong-dimension";

    static readonly PredictionFacts s_columns = new(0, 1, 1, 1, 0);

    static TraceBuilder Net(int dimension, string operation = "log_softmax", long n = 32, long k = 10)
    {
        var build = new TraceBuilder();
        var scores = build.Op(operation, build.Linear(build.Input(n, 8), "head", k), dimension: dimension);
        build.Op("nll_loss_nd", [operation == "softmax" ? build.Op("log", scores) : scores, build.Target(n)], []);
        return build;
    }

    [Theory]
    [InlineData("log_softmax")]
    [InlineData("softmax")]
    public void A_softmax_over_the_batch_is_proved_by_the_trace(string operation)
    {
        var finding = Diagnose(Net(0, operation).Operations).FindingOf(Name).ShouldNotBeNull();

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Level.ShouldBe(Level.Error);
        finding.Location!.Line.ShouldBe(101);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public void Over_the_batch_of_sequences_whose_classes_are_then_put_second(int dimension, bool isWrong)
    {
        var build = new TraceBuilder();
        var scores = build.Op("log_softmax", build.Op("linear", [build.Input(32, 7, 8)], [32, 7, 10]), dimension: dimension);
        build.Op("nll_loss_nd", [build.Op("transpose", [scores], [32, 10, 7]), build.Target(32, 7)], []);

        (Diagnose(build.Operations).FindingOf(Name) is not null).ShouldBe(isWrong);
    }

    [Fact]
    public void A_cross_entropy_written_by_hand_is_proved_too()
    {
        var build = new TraceBuilder();
        var logarithms = build.Op("log", build.Op("softmax", build.Linear(build.Input(32, 8), "head", 10), dimension: 0));
        build.Op("mean", [build.Op("sum", [build.Op("mul", [logarithms, build.Op("one_hot", [build.Tensor(null, 32)], [32, 10], gradient: false)], [32, 10])], [32])], []);

        Diagnose(build.Operations).FindingOf(Name).ShouldNotBeNull().Location!.Line.ShouldBe(101);
    }

    /// <summary>A divergence between a student and a teacher, which no gradient reaches.</summary>
    static TraceBuilder Distillation(int student, int teacher)
    {
        var build = new TraceBuilder();
        var target = build.Op("softmax", build.Tensor(null, 32, 10), dimension: teacher);
        build.Op("kl_div", [build.Op("log_softmax", build.Linear(build.Input(32, 8), "head", 10), dimension: student), target], []);
        return build;
    }

    [Fact]
    public void A_teacher_that_is_normalized_over_the_batch_contradicts_its_student()
    {
        Diagnose(Distillation(1, 0).Operations).FindingOf(Name).ShouldNotBeNull().Location!.Line.ShouldBe(100);
        Diagnose(Distillation(1, 1).Operations).FindingOf(Name).ShouldBeNull();
        // Both over the batch: it may be meant so, as in contrastive losses of two directions.
        Diagnose(Distillation(0, 0).Operations).Findings.ShouldNotContain(f => f.Location!.Line == 100);
    }

    [Fact]
    public void An_entropy_over_the_batch_is_silent()
    {
        var build = new TraceBuilder();
        var p = build.Op("softmax", build.Linear(build.Input(32, 8), "head", 10), dimension: 0);
        build.Op("mean", [build.Op("mul", [build.Op("log", p), p], [32, 10])], []);

        Diagnose(build.Operations).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void Columns_that_sum_to_1_are_proof_when_a_softmax_made_them() =>
        Diagnose(Steps(3, s => CrossEntropy(s, s_columns, madeBy: "softmax"))).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void Columns_alone_are_a_suspicion_while_nothing_is_learned()
    {
        Diagnose(Steps(60, s => CrossEntropy(s, s_columns))).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose(Steps(200, s => CrossEntropy(s, s_columns, Falling(s)))).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void A_softmax_over_the_classes_is_right() => Diagnose(Net(1).Operations).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_contrastive_loss_of_square_similarities_is_silent() => Diagnose(Net(0, n: 32, k: 32).Operations).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void Attention_over_the_first_axis_is_silent()
    {
        var build = new TraceBuilder();
        var weights = build.Op("softmax", build.Linear(build.Input(32, 5, 8), "score", 1), dimension: 0);
        var pooled = build.Op("sum", [build.Op("mul", [weights, build.Input(32, 5, 8)], [32, 5, 8])], [5, 8]);
        build.Op("cross_entropy_loss", [build.Linear(pooled, "head", 10), build.Target(5)], []);

        Diagnose(build.Operations).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void A_ranking_of_the_batch_by_one_score_each_is_silent() => Diagnose(Net(0, n: 32, k: 1).Operations).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void Nobody_knows_without_values_or_trace() => Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
