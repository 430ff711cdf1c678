using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES116 and PES119 in programs that cut their batches out of tensors by hand.</summary>
public sealed class WithoutLoaderTests
{
    const string Augmented = "augmented-validation-data";
    const string Repeated = "repeated-batches";

    static readonly long[] s_labels = [.. Enumerable.Range(0, 30).Select(i => (long)(i * 7 % 3))];

    static BatchObserved Evaluated(long step, string hash, IReadOnlyList<long>? labels = null) => Batch(step, Phase.Evaluate, null, Enumerable.Range(500, 30)) with
    {
        Inputs = [Tensor(30, 4) with { Hash = hash }],
        LabelOrder = labels ?? s_labels,
    };

    [Fact]
    public void Evaluated_rows_that_change_under_their_labels_are_told() =>
        Diagnose(Enumerable.Range(1, 5).Select(s => Evaluated(s * 10, $"{s}"))).FindingOf(Augmented).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.EvidenceClass.ShouldBe(EvidenceClass.Proved), f => f.Location!.Line.ShouldBe(30));

    [Fact]
    public void Rows_that_come_again_as_they_were_pass() => Diagnose(Enumerable.Range(1, 5).Select(s => Evaluated(s * 10, "same"))).VerdictOf(Augmented).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Averages_over_random_changes_pass() =>
        Diagnose(Enumerable.Range(1, 5).SelectMany(s => new[] { Evaluated(s * 10, $"{s}a"), Evaluated(s * 10, $"{s}b") })).VerdictOf(Augmented).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Labels_in_order_may_belong_to_other_rows() =>
        Diagnose(Enumerable.Range(1, 5).Select(s => Evaluated(s * 10, $"{s}", [.. s_labels.Order()]))).VerdictOf(Augmented).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    static IEnumerable<Observation> Drawn(int steps, Func<int, int> from, bool draws = true)
    {
        if (draws)
        {
            yield return new OperationSeen { Step = 0, Index = 0, Operation = "index_select", Site = At(19), Inputs = [Tensor(600, 4) with { Id = 1 }, Tensor(20) with { Id = 2, DType = "int64" }], Outputs = [Tensor(20, 4) with { Id = 3 }] };
            yield return new OperationSeen { Step = 0, Index = 1, Operation = "linear", Module = "", Inputs = [Tensor(20, 4) with { Id = 3, Role = "input 0" }, Tensor(3, 4) with { Id = 4 }], Outputs = [Tensor(20, 3) with { Id = 5 }] };
        }

        for (var i = 0; i < steps; i++) yield return Batch(i, Phase.Train, null, Enumerable.Range(from(i), 20));
    }

    [Fact]
    public void The_same_rows_drawn_anew_at_each_step_are_told_with_the_line_that_draws() =>
        Diagnose(Drawn(30, _ => 0)).FindingOf(Repeated).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Message.ShouldBe("every step trains on the same 20 rows of 600, though they are drawn anew each time"), f => f.Location!.Line.ShouldBe(19));

    [Fact]
    public void All_of_the_data_at_each_step_is_silent() => Diagnose(Drawn(30, _ => 0, draws: false)).VerdictOf(Repeated).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Other_rows_at_each_step_are_silent() => Diagnose(Drawn(30, i => 20 * i)).FindingOf(Repeated).ShouldBeNull();

    [Fact]
    public void A_few_steps_say_nothing() => Diagnose(Drawn(10, _ => 0)).VerdictOf(Repeated).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
