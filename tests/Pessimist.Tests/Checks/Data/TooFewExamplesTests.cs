using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;

namespace Pessimist.Tests.Checks.Data;

public sealed class TooFewExamplesTests
{
    static Verdict Classes(params int[] train)
    {
        var healthy = Healthy();
        ClassCount[] classes = [.. train.Select((t, k) => new ClassCount($"class {k}", t + 10, t, 5, 5))];
        return Judge(new TooFewExamples(new()), healthy with { Target = healthy.Target with { Train = train.Sum(), Classes = classes } });
    }

    [Fact]
    public void A_handful_is_a_warning() => Classes(20, 20).Finding().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Warning), f => f.Message.ShouldContain("40 training examples"));

    [Fact]
    public void A_class_with_a_handful_is_named()
    {
        var finding = Classes(400, 400, 3).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("the class \"class 2\" has 3 training examples");
    }

    [Fact]
    public void A_small_set_or_class_is_a_note()
    {
        Classes(50, 50).Finding().Level.ShouldBe(Level.Note);
        Classes(400, 400, 8).Finding().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void Enough_examples_are_silent() => Classes(120, 120).ShouldPass();

    [Fact]
    public void Without_facts_there_is_no_verdict() => Judge(new TooFewExamples(new())).ShouldLackEvidence();
}
