using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class InputNotFiniteTests
{
    [Fact]
    public void An_infinity_in_a_table_is_named_with_its_row()
    {
        var finding = Judge(new InputNotFinite(), Healthy(60, Numbers("rate", 60, i => i == 6 ? double.PositiveInfinity : i % 5))).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        (finding.Location!.Column, finding.Location.Row).ShouldBe(("rate", 7));
    }

    [Fact]
    public void A_NaN_in_a_picture_is_named_with_its_file()
    {
        var channel = HealthyPictures.Columns[0] with { Missing = 3, MissingCells = [new CellFact("cat/7.npy", null, "NaN")] };
        var finding = Judge(new InputNotFinite(), HealthyPictures with { Columns = [channel] }).Finding();
        finding.Location!.File.ShouldBe("cat/7.npy");
        finding.Message.ShouldContain("3 values");
    }

    [Fact]
    public void Blank_cells_of_a_table_and_finite_pictures_are_silent()
    {
        Judge(new InputNotFinite(), Healthy(60, Numbers("rate", 60, i => i == 6 ? double.NaN : i % 5))).ShouldPass();
        Judge(new InputNotFinite(), HealthyPictures).ShouldPass();
    }

    [Fact]
    public void No_column_is_no_evidence() => Judge(new InputNotFinite(), Healthy() with { Columns = [] }).ShouldLackEvidence();
}
