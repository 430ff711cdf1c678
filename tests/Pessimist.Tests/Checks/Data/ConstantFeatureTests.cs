using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class ConstantFeatureTests
{
    static Verdict With(params Column[] more) => Judge(new ConstantFeature(new()), Healthy(60, more));

    [Fact]
    public void A_constant_column_is_named_with_its_value()
    {
        var finding = With(Numbers("scanner", 60, _ => 3)).Finding();
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Warning, EvidenceClass.Proved, "scanner"));
        finding.Message.ShouldContain("3");
        With(Texts("country", 60, _ => "DE")).Finding().Message.ShouldContain("\"DE\"");
    }

    [Fact]
    public void One_value_and_blanks_may_tell_something() =>
        With(Texts("died", 60, i => i % 9 == 0 ? "yes" : null)).ShouldPass();

    [Fact]
    public void A_few_of_many_like_named_columns_are_normal_and_most_of_them_are_not()
    {
        Column Pixel(int j, bool constant) => Numbers($"pixel_{j / 5}_{j % 5}", 60, i => constant ? 0 : i * (j + 1) % 13);
        With([.. Enumerable.Range(0, 25).Select(j => Pixel(j, j % 6 == 0))]).ShouldPass();
        With([.. Enumerable.Range(0, 25).Select(j => Pixel(j, j % 6 != 0))]).Finding().Message.ShouldContain("columns never change");
    }

    [Fact]
    public void A_rare_word_that_this_file_lacks_is_normal_in_a_sparse_table()
    {
        string[] words = ["ant", "bee", "cat", "dog", "elk", "fox"];
        Column[] sparse = [.. words.Select((w, j) => Numbers(w, 60, i => (i + j) % 11 == 0 ? 1 : 0))];
        With([.. sparse, Numbers("gnu", 60, _ => 0)]).ShouldPass();
        With([.. sparse, Numbers("gnu", 60, _ => 4)]).Finding().Location!.Column.ShouldBe("gnu");
    }

    [Fact]
    public void A_dead_channel_is_found_and_an_opaque_alpha_channel_is_not()
    {
        ColumnFacts Channel(string name, bool constant) => new() { Name = name, Kind = ColumnKind.Channel, Count = 99, Min = constant ? 255 : 0, Max = 255, IsConstant = constant };
        Verdict Of(params ColumnFacts[] channels) => Judge(new ConstantFeature(new()), HealthyPictures with { Columns = channels });
        Of(Channel("red", false), Channel("green", true), Channel("blue", false)).Finding().Message.ShouldContain("channel \"green\"");
        Of(Channel("red", false), Channel("green", false), Channel("blue", false), Channel("alpha", true)).ShouldPass();
    }

    [Fact]
    public void One_example_is_no_evidence() => Judge(new ConstantFeature(new()), Healthy() with { Count = 1 }).ShouldLackEvidence();
}
