using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES310 to PES315 of watched programs.</summary>
public sealed class LossOfTaskTests
{
    const string Unsuited = "loss-unsuited-to-task", Initial = "unexpected-initial-loss", Summed = "summed-loss", Ignored = "loss-ignores-target", Penalty = "dominant-regularization", Graph = "retained-graph";

    static LossObserved Squares(long step, double value, long outputs = 1, string kind = "mse", double max = 9) => new()
    {
        Step = step, Phase = Phase.Train, Kind = kind, Value = value, Input = Floats(32, outputs), Site = LossLine,
        Target = Floats(32, outputs) with { Whole = 1, Min = 0, Max = max, Mean = 4.5, Std = 2.9 },
    };

    static BatchObserved Classes(string type = "int64") => new()
    {
        Step = 0, Inputs = [Floats(32, 8)], Target = Ids(32, 9) with { DType = type }, Labels = Enumerable.Range(0, 10).ToDictionary(i => $"{i}", _ => 3L),
    };

    [Fact]
    public void Squared_error_on_class_ids_is_suspected_while_nothing_is_learned()
    {
        Diagnose([Classes(), .. Steps(60, s => Squares(s, 8.5))]).FindingOf(Unsuited).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([Classes(), .. Steps(200, s => Squares(s, Falling(s, 8.5)))]).FindingOf(Unsuited).ShouldBeNull();
    }

    [Fact]
    public void Ratings_counts_one_hot_targets_and_two_classes_are_silent()
    {
        Diagnose([.. Steps(60, s => Squares(s, 8.5) with { Target = Floats(32, 1) with { Whole = 1, Min = 1, Max = 5, Mean = 3, Std = 1 } })]).FindingOf(Unsuited).ShouldBeNull();
        Diagnose([.. Steps(200, s => Squares(s, Falling(s, 8.5)))]).FindingOf(Unsuited).ShouldBeNull();
        Diagnose([Classes(), .. Steps(60, s => Squares(s, 8.5, outputs: 10))]).FindingOf(Unsuited).ShouldBeNull();
        Diagnose([Classes() with { Labels = new Dictionary<string, long> { ["0"] = 3, ["1"] = 4 } }, .. Steps(60, s => Squares(s, 8.5, max: 1))]).FindingOf(Unsuited).ShouldBeNull();
    }

    [Fact]
    public void Whole_numbers_that_are_badly_fitted_are_a_note() => Diagnose(Steps(60, s => Squares(s, 5.4 + Falling(s, 23)))).FindingOf(Unsuited).ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void Binary_cross_entropy_of_class_ids_is_proved() => Diagnose(Steps(5, s => Squares(s, -3, kind: "bce-with-logits"))).FindingOf(Unsuited).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void Binary_cross_entropy_of_two_classes_is_silent() => Diagnose(Steps(60, s => Squares(s, Falling(s), kind: "bce-with-logits", max: 1))).FindingOf(Unsuited).ShouldBeNull();

    [Fact]
    public void A_first_loss_far_above_guessing_is_told_while_nothing_is_learned()
    {
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, 40))).FindingOf(Initial).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose(Steps(200, s => CrossEntropy(s, Logits, Falling(s, 40)))).FindingOf(Initial).ShouldNotBeNull().Level.ShouldBe(Level.Note);
        Diagnose(Steps(10, s => CrossEntropy(s, Logits, 40))).VerdictOf(Initial).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Fine_tuning_that_starts_below_guessing_and_other_losses_are_silent()
    {
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, 0.1))).VerdictOf(Initial).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, 400) with { Kind = "custom" })).VerdictOf(Initial).ShouldBeOfType<Verdict.NotApplicable>();
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, 70) with { Reduction = "sum" })).VerdictOf(Initial).ShouldBeOfType<Verdict.NotApplicable>();
    }

    [Fact]
    public void A_sum_over_the_batch_is_a_note() =>
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, Falling(s, 70)) with { Reduction = "sum" })).FindingOf(Summed).ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void A_sum_that_is_divided_and_a_mean_are_silent()
    {
        var divided = Steps(60, s => CrossEntropy(s, Logits, 70) with { Reduction = "sum" }).Select(o => o is LoopEvent { Action: LoopAction.Backward } e ? e with { Loss = 70.0 / 32 } : o);

        Diagnose(divided).VerdictOf(Summed).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Steps(60, s => CrossEntropy(s, Logits))).VerdictOf(Summed).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Summed).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static IEnumerable<Observation> Targets(Func<long, string> given, double value = 2.303, long classes = 10) =>
        Enumerable.Range(0, 60).Select(s => new BatchObserved { Step = s, Phase = Phase.Train, Inputs = [], Target = Ids(32, 9) with { Hash = $"batch {s}" } })
            .Cast<Observation>().Concat(Steps(60, s => CrossEntropy(s, Logits, value, classes: classes) with { Target = Ids(32, 9) with { Hash = given(s) } }));

    [Fact]
    public void The_targets_of_an_earlier_batch_for_ever_are_suspected() => Diagnose(Targets(_ => "old")).FindingOf(Ignored).ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void An_experiment_confirms_it() =>
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment(Ignored, ExperimentOutcome.Confirmed)]).FindingOf(Ignored).ShouldNotBeNull().Level.ShouldBe(Level.Error);

    [Fact]
    public void Targets_that_differ_a_contrastive_loss_and_a_program_that_learns_are_silent()
    {
        Diagnose(Targets(s => $"batch {s}")).VerdictOf(Ignored).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Targets(_ => "numbers of the examples", Math.Log(32), classes: 32)).FindingOf(Ignored).ShouldBeNull();
        Diagnose(Targets(_ => "rotations", 0.1)).FindingOf(Ignored).ShouldBeNull();
        Diagnose().VerdictOf(Ignored).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static IEnumerable<Observation> Penalized(Func<long, double> data, Func<long, double> penalty) => Steps(200, s => CrossEntropy(s, Logits, data(s)))
        .Select(o => o is LoopEvent { Action: LoopAction.Backward } e ? e with { Loss = e.Loss + penalty(e.Step) } : o);

    [Fact]
    public void A_penalty_that_falls_while_the_data_s_loss_does_not_is_suspected()
    {
        var finding = Diagnose(Penalized(_ => 2.3026, s => 50 * Math.Exp(-s / 100.0))).FindingOf(Penalty).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
    }

    [Fact]
    public void It_is_suspected_when_the_single_batch_is_undecided_and_silent_when_it_is_fitted()
    {
        Observation[] penalized = [.. Penalized(_ => 2.3026, s => 50 * Math.Exp(-s / 30.0))];

        Diagnose([.. ThreeSeeds(SingleBatchVerdict.NotEnoughEvidence), .. penalized]).FindingOf(Penalty).ShouldNotBeNull();
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), .. penalized]).FindingOf(Penalty).ShouldBeNull();
    }

    [Fact]
    public void A_small_penalty_and_a_large_one_beside_a_loss_that_falls_are_silent()
    {
        Diagnose(Penalized(_ => 2.3026, _ => 0.1)).VerdictOf(Penalty).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Penalized(s => Falling(s), _ => 50)).VerdictOf(Penalty).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Penalty).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    /// <summary>After the step: the sum so far, and the loss that backward started from.</summary>
    static Observation[] Summing(bool wentBackward, bool leaf = false, string? used = null)
    {
        var build = new TraceBuilder(step: 1);
        var loss = build.Tensor(null) with { RequiresGrad = true, Mean = 0.625, Leaf = leaf ? true : null };
        var sum = build.Op("add", [build.Tensor(null), loss], []);
        if (used is not null) build.Op(used, sum);
        build.Linear(build.Input(8, 4), "fc", 1);
        return [new LoopEvent { Action = LoopAction.Backward, Step = 0, Loss = wentBackward ? 0.625 : 3.5 }, .. build.Operations];
    }

    [Fact]
    public void A_sum_of_losses_that_went_backward_with_their_graphs_is_proved()
    {
        var finding = Diagnose(Summing(wentBackward: true)).FindingOf(Graph).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        finding.Location!.Line.ShouldBe(100);
    }

    [Fact]
    public void Growing_holders_of_graphs_are_proof_too() => Diagnose(Enumerable.Range(1, 6).Select(i => new MemoryMeasured
    {
        Step = i * 100, Tensors = 50 + i * 700, Holders = [new MemoryHolder("losses with their graphs in list total", i * 100, i * 4000, new Site("train.py", 60))],
    })).FindingOf(Graph).ShouldNotBeNull().Location!.Line.ShouldBe(60);

    [Fact]
    public void Accumulation_meta_learning_printing_and_a_parameter_in_the_loss_are_silent()
    {
        var build = new TraceBuilder(step: 1);
        var first = build.Op("mean", [build.Linear(build.Input(8, 4), "fc", 1)], []);
        build.Op("add", [first, build.Op("mean", [build.Linear(build.Input(8, 4), "fc", 1)], [])], []);

        Diagnose(build.Operations).VerdictOf(Graph).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Summing(wentBackward: false)).VerdictOf(Graph).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Summing(wentBackward: true, used: "item")).VerdictOf(Graph).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Summing(wentBackward: true, leaf: true)).VerdictOf(Graph).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Graph).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static IEnumerable<OperationSeen> Compared(Func<TraceBuilder, TensorFacts, TensorFacts> target)
    {
        var build = new TraceBuilder();
        var x = build.Input(8, 4);
        var prediction = build.Linear(x, "fc", 1);
        build.Op("mse_loss", [prediction, target(build, prediction)], []);
        return build.Operations;
    }

    [Fact]
    public void A_prediction_compared_with_itself_is_proved() =>
        Diagnose(Compared((b, p) => b.Op("detach", [p], [8, 1], gradient: false))).FindingOf(Ignored).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    static IReadOnlyList<Observation> Answered(Func<TraceBuilder, TensorFacts, TensorFacts> labels, bool second = false)
    {
        var build = new TraceBuilder();
        var scores = build.Linear(build.Input(8, 4), "fc", 3);
        build.Op("cross_entropy_loss", [scores, labels(build, scores)], []);
        if (second) build.Op("cross_entropy_loss", [scores, build.Input(8)], []);
        return build.Operations;
    }

    [Fact]
    public void The_networks_own_answers_as_classes_are_proved() =>
        Diagnose(Answered((b, s) => b.Op("argmax", [s], [8], gradient: false))).FindingOf(Ignored).ShouldNotBeNull().Message.ShouldBe("cross-entropy is given the network's own answers as classes");

    [Fact]
    public void A_teachers_answers_and_own_answers_beside_labels_are_meant()
    {
        Diagnose(Answered((b, _) => b.Op("argmax", [b.Linear(b.Input(8, 4), "teacher", 3)], [8], gradient: false))).FindingOf(Ignored).ShouldBeNull();
        Diagnose(Answered((b, s) => b.Op("argmax", [s], [8], gradient: false), second: true)).FindingOf(Ignored).ShouldBeNull();
    }

    [Fact]
    public void Another_network_s_output_and_the_inputs_are_targets()
    {
        Diagnose(Compared((b, _) => b.Op("detach", [b.Linear(b.Input(8, 4), "target", 1)], [8, 1], gradient: false))).FindingOf(Ignored).ShouldBeNull();
        Diagnose(Compared((b, _) => b.Input(8, 1))).FindingOf(Ignored).ShouldBeNull();
    }
}
