using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;
using ClassCount = Pessimist.Data.Profiling.ClassCount;

namespace Pessimist.Tests.Checks.Data;

public sealed class ClassImbalanceTests
{
    static DataProfile Skewed(int rare)
    {
        var healthy = Healthy();
        return healthy with { Target = healthy.Target with { Classes = [new ClassCount("common", 1000 - rare, 600 - rare, 200, 200), new ClassCount("rare", rare, rare, 0, 0)] } };
    }

    static ConfusionMeasured Found(int hits, int of) => new() { Split = "validation", Classes = ["common", "rare"], Counts = [[190, 10], [of - hits, hits]] };

    static Verdict Of(int rare, params Observation[] more) => Judge(new ClassImbalance(new()), Skewed(rare), more);

    [Fact]
    public void A_rare_class_is_a_note_and_one_that_the_network_misses_a_warning()
    {
        Of(20).Finding().Level.ShouldBe(Level.Note);
        var finding = Of(20, Found(hits: 3, of: 12)).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldContain("misses 75 %");
    }

    [Fact]
    public void A_rare_class_that_is_found_or_half_found_stays_a_note()
    {
        var half = Of(20, Found(hits: 6, of: 12)).Finding();
        half.Level.ShouldBe(Level.Note);
        half.Message.ShouldContain("misses 50 %");
        Of(20, Found(hits: 11, of: 12)).Finding().Level.ShouldBe(Level.Note);
        Of(20, Found(hits: 1, of: 2)).Finding().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void A_class_of_a_tenth_is_not_rare() => Of(100, Found(hits: 3, of: 12)).ShouldPass();

    [Fact]
    public void Numbers_to_predict_have_no_classes() => Judge(new ClassImbalance(new()), Healthy() with { Target = Healthy().Target with { Classes = [] } }).ShouldNotApply();
}
