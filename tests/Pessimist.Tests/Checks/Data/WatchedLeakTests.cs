using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES121 in watched programs, where the target is looked for among the inputs.</summary>
public sealed class WatchedLeakTests
{
    const string Name = "leaked-target";
    const long N = 24, T = 12;

    static IEnumerable<Observation> Batches(TargetMatch? match, long[] shape, int count = 5) => Enumerable.Range(0, count).Select(i => Batch(i, Phase.Train, null, Enumerable.Range(i * 24, 24)) with
    {
        Inputs = [Tensor(shape[0], shape[1]) with { Shape = shape, Hash = $"{i}" }],
        Target = Tensor(shape[0], 1),
        TargetMatch = match,
    });

    static TensorFacts Ids(TraceBuilder build) => build.Input(N, T) with { DType = "int64" };

    static TensorFacts Embed(TraceBuilder build, TensorFacts ids) => build.Op("embedding", [build.Parameter("embed.weight", 20, 32), ids], [N, T, 32], "embed");

    static TraceBuilder Loss(TraceBuilder build, TensorFacts hidden)
    {
        build.Op("cross_entropy_loss", [build.Op("view", [build.Linear(hidden, "head", 20)], [N * T, 20]), build.Target(N * T)], []);
        return build;
    }

    /// <param name="zeros">Share of the attention that a mask hides.</param>
    /// <param name="keysFrom">What the keys are made of, when not of the ids.</param>
    static TraceBuilder Attention(double zeros, TensorFacts? keysFrom = null)
    {
        var build = new TraceBuilder();
        var x = Embed(build, Ids(build));
        var queries = build.Linear(x, "query", 32);
        var keys = build.Op("transpose", [build.Linear(keysFrom ?? x, "key", 32)], [N, 32, T]);
        var scores = build.Op("div", build.Op("matmul", [queries, keys], [N, T, T]));
        var weights = build.Op("softmax", [scores], [N, T, T], "attention");
        ((List<OperationSeen>)build.Operations)[^1] = build.Operations[^1] with { Outputs = [weights with { Zeros = zeros }] };
        return Loss(build, build.Op("add", [x, build.Op("matmul", [weights, build.Linear(keysFrom ?? x, "value", 32)], [N, T, 32])], [N, T, 32]));
    }

    static Finding? Of(TargetMatch match, TraceBuilder build) => Diagnose([.. Batches(match, [N, T]), .. build.Operations]).FindingOf(Name);

    static readonly TargetMatch s_same = new() { Input = 0, Ahead = 0, Dimension = 1 };
    static readonly TargetMatch s_next = new() { Input = 0, Ahead = 1, Dimension = 1 };

    [Fact]
    public void A_token_that_is_to_be_repeated_is_an_error()
    {
        var build = new TraceBuilder();
        var finding = Of(s_same, Loss(build, build.Linear(Embed(build, Ids(build)), "body", 32))).ShouldNotBeNull();
        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 100));
    }

    [Fact]
    public void A_sentence_that_is_pressed_into_one_vector_first_is_an_autoencoder()
    {
        var build = new TraceBuilder();
        var pressed = build.Op("mean", [Embed(build, Ids(build))], [N, 32], dimension: 1);
        Of(s_same, Loss(build, build.Op("expand", [build.Op("unsqueeze", [pressed], [N, 1, 32])], [N, T, 32]))).ShouldBeNull();
    }

    [Fact]
    public void Attention_that_looks_ahead_hands_over_the_next_token()
    {
        var finding = Of(s_next, Attention(zeros: 0)).ShouldNotBeNull();
        (finding.Level, finding.EvidenceClass, finding.Location!.Module).ShouldBe((Level.Error, EvidenceClass.Proved, "attention"));
    }

    [Fact]
    public void A_causal_mask_is_right() => Of(s_next, Attention(zeros: (T - 1) / (2.0 * T))).ShouldBeNull();

    [Fact]
    public void Attention_to_another_sequence_of_the_same_length_is_right()
    {
        var other = new TensorFacts { Shape = [N, T, 32], DType = "float32", Id = 9999 };
        Of(s_next, Attention(zeros: 0, keysFrom: other)).ShouldBeNull();
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void A_recurrent_layer_that_reads_backwards_hands_it_over_too(double bidirectional, bool leaks)
    {
        var build = new TraceBuilder();
        var hidden = build.Op("lstm", [Embed(build, Ids(build))], [N, T, 32], "rnn");
        ((List<OperationSeen>)build.Operations)[^1] = build.Operations[^1] with { Settings = new Dictionary<string, double> { ["bidirectional"] = bidirectional } };
        (Of(s_next, Loss(build, hidden)) is not null).ShouldBe(leaks);
    }

    [Fact]
    public void A_column_that_is_the_target_is_an_error_in_a_table_and_a_warning_in_a_window()
    {
        Diagnose(Batches(new TargetMatch { Input = 0, Elements = [5] }, [24, 8])).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Error);
        Diagnose(Batches(new TargetMatch { Input = 0, Elements = [47] }, [24, 48, 1])).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
    }

    [Fact]
    public void A_column_that_is_the_target_and_is_not_learned_is_the_task() =>
        Diagnose([.. Batches(new TargetMatch { Input = 0, Elements = [5] }, [24, 8]), .. Loops.Loop(60, loss: Loops.StaysAtGuessing)]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void What_holds_in_some_batches_only_is_chance() =>
        Diagnose([.. Batches(new TargetMatch { Input = 0, Elements = [5] }, [24, 8]), .. Batches(null, [24, 8], 1)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Other_columns_in_other_batches_are_chance() =>
        Diagnose([.. Batches(new TargetMatch { Input = 0, Elements = [5] }, [24, 8]), .. Batches(new TargetMatch { Input = 0, Elements = [2] }, [24, 8])]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Few_batches_prove_nothing() => Diagnose(Batches(new TargetMatch { Input = 0, Elements = [5] }, [24, 8], 2)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
