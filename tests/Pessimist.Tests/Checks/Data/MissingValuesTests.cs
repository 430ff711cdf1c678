using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Tests.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class MissingValuesTests
{
    static Verdict Of(params Column[] more) => Judge(new MissingValues(new()), Healthy(400, more));

    static NumberColumn Blank(Func<int, bool> blank) => Numbers("age", 400, i => blank(i) ? double.NaN : i * 0.37 % 50);

    [Fact]
    public void Text_in_a_column_of_numbers_is_named_with_its_row_and_words()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => i == 11 ? double.NaN : i * 0.37 % 50)];
        var finding = Of(new NumberColumn("age", values, [new TextCell(11, "twelve")])).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Warning, EvidenceClass.Proved));
        (finding.Location!.Column, finding.Location.Row).ShouldBe(("age", 12));
        finding.Message.ShouldBe("1 cell of the number column \"age\" holds text: \"twelve\" in row 12");
    }

    [Fact]
    public void A_few_blanks_are_a_note_with_their_rows()
    {
        var finding = Of(Blank(i => i is 4 or 90)).Finding();
        finding.Level.ShouldBe(Level.Note);
        finding.Message.ShouldContain("2 cells of \"age\" are blank (0.5 %)");
        finding.Examples.ShouldBe(["row 5 (age)", "row 91 (age)"]);
    }

    [Fact]
    public void Many_blanks_are_a_warning() => Of(Blank(i => i % 10 == 0)).Finding().Level.ShouldBe(Level.Warning);

    [Fact]
    public void Blanks_that_go_together_with_the_target_are_a_warning()
    {
        var table = Tables.Of(Numbers("x", 1000, i => i * 0.37 % 1), Numbers("age", 1000, i => i % 25 == 0 ? double.NaN : i % 50), Texts("y", 1000, i => i % 25 == 0 || i % 2 == 0 ? "sick" : "well"));
        var finding = Judge(new MissingValues(new()), table.Profile()).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldContain("go together with the target");
    }

    [Fact]
    public void A_full_table_is_silent_and_so_is_a_blank_in_a_column_that_is_left_out()
    {
        Of().ShouldPass();
        Of(Texts("key", 400, i => i == 3 ? null : $"k{i}")).ShouldPass();
    }

    [Fact]
    public void Rows_without_a_target_are_counted()
    {
        var table = Tables.Of(Numbers("x", 400, i => i * 0.37 % 1), Texts("y", 400, i => i == 9 ? null : i % 2 == 0 ? "a" : "b"));
        var finding = Judge(new MissingValues(new()), table.Profile()).Finding();
        (finding.Level, finding.Location!.Column, finding.Location.Row).ShouldBe((Level.Note, "y", 10));
    }

    [Fact]
    public void Pictures_have_no_blanks() => Judge(new MissingValues(new()), HealthyPictures).ShouldNotApply();
}
