using Pessimist.Checks;
using Pessimist.Corpus.Accuracy;
using Pessimist.Torch;

namespace Pessimist.Corpus.Tests;

/// <summary>A few programs of the corpus, run and diagnosed as the table in docs/accuracy.md is made: one of each architecture and kind of loop.</summary>
public sealed class SubsetTests
{
    public SubsetTests() => Threads.Count = 1;

    [Theory]
    [InlineData("copy-causal-transformer")]
    [InlineData("digits-lenet-accumulated-gradients")]
    [InlineData("waves-rnn-truncated-bptt")]
    [InlineData("ring-gan")]
    [InlineData("digits-gaussian-vae")]
    [InlineData("contextual-bandit-reinforce")]
    [InlineData("house-prices")]
    public void A_healthy_program_gets_no_error_and_no_warning(string name)
    {
        var judged = Judge(name);
        judged.Program.IsHealthy.ShouldBeTrue();
        judged.Findings.Where(f => f.Level >= Level.Warning).Select(f => $"{f.Code} {f.Message}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("softmax-module-cross-entropy")]
    [InlineData("sgd-rate-ten")]
    [InlineData("zero-grad-missing")]
    [InlineData("batch-first-into-time-first")]
    [InlineData("dropout-while-evaluating")]
    [InlineData("log-of-one-minus-sigmoid")]
    [InlineData("labels-sorted-apart-from-pictures")]
    [InlineData("flatten-forgotten")]
    public void The_fault_of_a_sick_program_is_told_first(string name)
    {
        var judged = Judge(name);
        judged.NamedFirst.ShouldBeTrue($"told: {string.Join(", ", judged.Findings.Select(f => $"{f.Code} {f.Level}"))}");
        judged.False(Level.Error).ShouldBeEmpty();
    }

    static Judged Judge(string name)
    {
        var program = Corpus.All.Single(p => p.Name == name);
        return Judged.Of(program, Judged.Record(program));
    }
}
