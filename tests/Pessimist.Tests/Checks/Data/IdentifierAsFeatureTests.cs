using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class IdentifierAsFeatureTests
{
    static Verdict With(params Column[] more) => Judge(new IdentifierAsFeature(new()), Healthy(200, more));

    [Fact]
    public void A_row_number_that_was_left_out_is_a_note() =>
        With(Numbers("nr", 200, i => i + 1)).Finding().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Note), f => f.Location!.Column.ShouldBe("nr"));

    [Fact]
    public void A_patient_number_that_is_fed_is_a_warning()
    {
        var finding = With(Numbers("patient_id", 200, i => 1000 + i / 3)).Finding();
        (finding.Level, finding.Location!.Column).ShouldBe((Level.Warning, "patient_id"));
        finding.Fixes[0].ShouldContain("--split group:patient_id");
    }

    [Fact]
    public void An_id_of_few_values_and_words_that_end_like_one_are_silent()
    {
        With(Numbers("shop_id", 200, i => i % 12)).ShouldPass();
        With(Numbers("paid", 200, i => i * 7 % 91)).ShouldPass();
        With(Numbers("GRID", 200, i => i * 7 % 91)).ShouldPass();
    }

    [Fact]
    public void A_series_over_time_has_nothing_but_its_date() =>
        Judge(new IdentifierAsFeature(new()), Of(Texts("month", 120, i => $"{1950 + i / 12}-{1 + i % 12:00}"), Numbers("y", 120, i => 100 + i * 0.37 % 40)).Profile()).ShouldPass();

    [Fact]
    public void Pictures_have_no_columns() => Judge(new IdentifierAsFeature(new()), HealthyPictures).ShouldNotApply();
}
