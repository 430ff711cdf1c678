using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES603, PES604 and PES610: metrics as the program computes them.</summary>
public sealed class MetricChecksTests
{
    static LossObserved CrossEntropy(long step, Phase phase, double value, long examples = 10, long classes = 10) =>
        LossCall(step, phase, value) with { Input = Tensor(examples, classes), Target = Tensor(examples) with { DType = "int64" } };

    /// <summary>Outputs, a decision about them, and its comparison with the targets.</summary>
    static IEnumerable<Observation> Compare(string decision, int? dimension, long[] decided, long[] targets, string? role = "target", long[]? outputs = null)
    {
        var trace = new TraceBuilder();
        var output = trace.Linear(trace.Input(outputs?[0] ?? 10, 4), "fc", outputs?[^1] ?? 10);
        var made = trace.Op(decision, [output], decided, dimension: dimension, dtype: "int64");
        var viewed = trace.Op("view", [trace.Tensor(role, targets)], targets);
        trace.Op("eq", [made, viewed], [Math.Max(decided[0], targets[0]), .. decided.Length > 1 ? [targets[^1]] : Array.Empty<long>()], dtype: "bool");
        return [CrossEntropy(0, Phase.Train, 2.3), .. trace.Operations];
    }

    static Verdict Axis(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("metric-over-wrong-axis");

    [Theory]
    [InlineData("val_acc", true)]
    [InlineData("accuracy", true)]
    [InlineData("acceleration", false)]
    [InlineData("accumulated", false)]
    [InlineData("grad_acc_steps", false)]
    public void Only_accuracies_cannot_be_above_a_hundred_percent(string name, bool impossible)
    {
        var finding = Diagnose(Metric(name, 250, 1), Metric(name, 260, 2)).FindingOf("metric-denominator-wrong");
        (finding?.Level).ShouldBe(impossible ? Level.Error : null);
    }

    [Fact]
    public void Above_1_is_a_suspicion_where_the_program_speaks_of_percent_nowhere()
    {
        Diagnose(Metric("val_acc", 19.5, 1) with { IsShare = true }).FindingOf("metric-denominator-wrong").ShouldNotBeNull()
            .ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Warning), f => f.EvidenceClass.ShouldBe(EvidenceClass.Suspected));
        Diagnose(Metric("val_acc", 19.5, 1)).FindingOf("metric-denominator-wrong").ShouldBeNull();
    }

    [Fact]
    public void A_largest_output_over_the_batch_is_proved()
    {
        var finding = Axis(Compare("argmax", 0, [10], [10])).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("the metric takes the argmax over axis 0 of outputs (10, 10): the batch");
        finding.Location!.Line.ShouldBe(101);
    }

    [Fact]
    public void Every_prediction_compared_with_every_label_is_proved() =>
        Axis(Compare("argmax", 1, [10, 1], [10])).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe("predictions (10, 1) are compared with targets (10): every one with every other");

    [Fact]
    public void A_largest_of_one_score_is_proved_and_a_threshold_passes()
    {
        Axis(Compare("argmax", 1, [10], [10], outputs: [10, 1])).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe("the metric takes the argmax over an axis of length 1 of outputs (10, 1): every prediction is class 0");
        Axis(Compare("gt", null, [10], [10], outputs: [10, 1])).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void The_axis_of_classes_passes() => Axis(Compare("argmax", 1, [10], [10])).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Equal_shapes_with_a_last_axis_of_one_pass() => Axis(Compare("gt", null, [10, 1], [10, 1])).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Similarities_compared_with_positions_are_silent() => Axis(Compare("argmax", 0, [10], [10], role: null)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Targets_that_no_loader_hands_out_are_whole_numbers_from_outside()
    {
        static IEnumerable<Observation> Slice(Func<TraceBuilder, TensorFacts> output)
        {
            var trace = new TraceBuilder();
            var decision = trace.Op("argmax", [output(trace)], [10], dimension: 0, dtype: "int64");
            trace.Op("eq", [decision, trace.Op("slice", [trace.Tensor(null, 700) with { DType = "int64" }], [10], dtype: "int64")], [10], dtype: "bool");
            return [CrossEntropy(0, Phase.Train, 2.3), .. trace.Operations];
        }

        Axis(Slice(t => t.Linear(t.Input(10, 4), "fc", 10))).ShouldBeOfType<Verdict.Found>();
        Axis(Slice(t => t.Op("matmul", [t.Linear(t.Input(10, 4), "image", 8), t.Linear(t.Input(10, 4), "text", 8)], [10, 10]))).ShouldBeOfType<Verdict.Passed>("similarities");
    }

    [Fact]
    public void Labels_compared_with_labels_are_silent()
    {
        var trace = new TraceBuilder();
        trace.Op("eq", [trace.Op("unsqueeze", [trace.Target(10)], [10, 1]), trace.Target(10)], [10, 10]);

        Axis(trace.Operations).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Without_a_trace_no_axis_is_known() => Axis([CrossEntropy(0, Phase.Train, 2.3)]).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    static Verdict Denominator(params IEnumerable<Observation> run) => Diagnose([Loader(TrainLoader, 1000, 32), Loader(ValidationLoader, 250, 32), .. run]).VerdictOf("metric-denominator-wrong");

    static IEnumerable<Observation> Reports(double dividedBy, params double[] counted) =>
        counted.Select((c, i) => Metric("val_acc", c / dividedBy, 10 * i, "validation") with { Counted = c, DividedBy = dividedBy, Examples = 250, Batches = 8 });

    [Theory]
    [InlineData(1000, "the size of another data set (1000)")]
    [InlineData(8, "the number of batches")]
    [InlineData(256, "batches times batch size")]
    public void Division_by_another_number_is_proved(double by, string what)
    {
        var finding = Denominator(Reports(by, 100, 155, 203)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe($"\"val_acc\" is divided by {what}, and not by the 250 examples that were evaluated");
        finding.Location!.Line.ShouldBe(40);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(256)]
    public void Rows_that_are_words_of_examples_say_nothing_of_the_number_of_examples(double by) =>
        Denominator(Reports(by, 100, 155, 203).OfType<MetricReported>().Select(m => m with { Examples = 7310 })).ShouldNotBeOfType<Verdict.Found>();

    [Fact]
    public void A_small_difference_is_a_note() =>
        Diagnose([Loader(ValidationLoader, 9990, 32), .. new[] { 100.0, 155 }.Select(c => Metric("acc", c / 10016, 1) with { Counted = c, DividedBy = 10016, Examples = 9990, Batches = 313 })])
            .FindingOf("metric-denominator-wrong").ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void Division_by_the_examples_passes() => Denominator(Reports(250, 100, 155, 203)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Means_of_batches_divided_by_examples_are_proved_and_by_batches_pass()
    {
        static IEnumerable<Observation> Means(double by) =>
            [.. Enumerable.Range(0, 3).Select(i => new MetricReported { Name = "accuracy", Value = (5.4 + 0.1 * i) / by, Step = i, Counted = 5.4 + 0.1 * i, DividedBy = by, Examples = 300, Batches = 6 })];

        Denominator(Means(300)).ShouldBeOfType<Verdict.Found>().Finding.ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Error), f => f.Message.ShouldBe("\"accuracy\" adds up the means of 6 batches, and is divided by the 300 examples in them"));
        Denominator(Means(6)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Percentages_of_batches_are_silent() =>
        Denominator(new[] { 160.0, 204, 230 }.Select((c, i) => Metric("acc", c / 5, i) with { Counted = c, DividedBy = 5, Examples = 250, Batches = 5 })).ShouldBeOfType<Verdict.Passed>("batches of 50: all even");

    [Fact]
    public void Pixels_in_place_of_examples_are_silent() =>
        Denominator(new[] { 90_001.0, 150_002 }.Select((c, i) => Metric("pixel_acc", c / 196_000, i) with { Counted = c, DividedBy = 196_000, Examples = 250, Batches = 8 })).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_mean_over_batches_is_a_note_only_where_the_last_one_is_small()
    {
        static IEnumerable<Observation> Means(long examples) => new[] { 4.3, 5.1 }.Select((c, i) => Metric("acc", c / 8, i) with { Counted = c, DividedBy = 8, Examples = examples, Batches = 8 });

        Denominator(Means(250)).ShouldBeOfType<Verdict.Passed>();
        Diagnose([Loader(ValidationLoader, 226, 32), .. Means(226)]).FindingOf("metric-denominator-wrong").ShouldNotBeNull().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void More_than_100_percent_is_wrong_in_any_unit()
    {
        Denominator(Metric("test_accuracy", 2300, 0)).ShouldBeOfType<Verdict.Found>();
        Denominator(Metric("test_accuracy", 98.5, 0)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Denominator(Metric("perplexity", 2300, 0)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Denominator().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    /// <summary>Ten evaluations of 40 answers, with this loss and this number of right answers.</summary>
    static IEnumerable<Observation> Evaluations(double loss, double right, Phase phase = Phase.Evaluate, long examples = 40, double smoothing = 0) => Enumerable.Range(0, 10).SelectMany(i => new Observation[]
    {
        Pass(100 * i, phase, phase == Phase.Train), CrossEntropy(100 * i, phase, loss, 40) with { LabelSmoothing = smoothing },
        Metric("accuracy", right / examples, 100 * i) with { Counted = right, Examples = examples },
    });

    static Verdict Agreement(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("metric-disagrees-with-loss");

    [Theory]
    [InlineData(Phase.Evaluate)]
    [InlineData(Phase.Train)]
    public void An_accuracy_below_what_the_loss_allows_is_proved(Phase phase)
    {
        var finding = Agreement(Evaluations(0.05, 4, phase)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("\"accuracy\" is 0.1 where a cross-entropy of 0.05 implies at least 0.9279");
        finding.Location!.Line.ShouldBe(40);
        finding.Evidence[1].Measured.ShouldBe("10 of 10");
    }

    [Theory]
    [InlineData(0.05, 39)]
    [InlineData(0.2, 28)]
    public void An_accuracy_that_the_loss_allows_passes(double loss, double right) => Agreement(Evaluations(loss, right)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_high_loss_allows_any_accuracy() => Agreement(Evaluations(1.2, 4)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void The_validation_accuracy_of_an_overfitted_network_is_not_held_against_its_training_loss() =>
        Agreement(Evaluations(0.01, 20).Select(o => o is LossObserved l ? l with { Phase = Phase.Train } : o)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void The_accuracy_of_whole_sequences_is_not_held_against_the_loss_of_words() => Agreement(Evaluations(0.05, 2, examples: 8)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Label_smoothing_and_several_losses_say_nothing()
    {
        Agreement(Evaluations(0.05, 4, smoothing: 0.1)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Agreement(Evaluations(0.05, 4).SelectMany(o => o is LossObserved l ? new[] { o, l with { Site = At(99), Value = 3 } } : [o])).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Agreement().ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Batches_of_one_evaluation_are_summed_up()
    {
        static IEnumerable<Observation> Halves(double second) => Evaluations(0.05, 40).SelectMany(o => o switch
        {
            MetricReported m => new Observation[] { m with { Counted = 20, Examples = 20, Batches = 1 }, m with { Counted = second, Examples = 20, Batches = 1 } },
            _ => [o],
        });

        Agreement(Halves(20)).ShouldBeOfType<Verdict.Passed>();
        Agreement(Halves(2)).ShouldBeOfType<Verdict.Found>();
    }
}
