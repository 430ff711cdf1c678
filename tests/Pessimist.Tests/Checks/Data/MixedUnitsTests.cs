using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class MixedUnitsTests
{
    static Verdict Of(ScaleFacts scale) => Judge(new MixedUnits(new()), HealthyPictures with { Scale = scale });

    [Fact]
    public void Pictures_at_0_to_1_among_pictures_at_0_to_255_are_a_warning()
    {
        var finding = Of(new ScaleFacts(0, 255, 60, 60, IsWhole: false, WholeAfter: null, OfTwoScales: 40)).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldStartWith("40 pictures lie within 0..1");
    }

    [Fact]
    public void Nearly_black_pictures_and_counts_are_silent()
    {
        Of(new ScaleFacts(0, 255, 60, 60, IsWhole: true, WholeAfter: null, OfTwoScales: 3)).ShouldPass();
        Of(new ScaleFacts(0, 5, 0.2, 0.6, IsWhole: true, WholeAfter: null, OfTwoScales: 90)).ShouldPass();
        Of(new ScaleFacts(0, 255, 60, 60, IsWhole: false, WholeAfter: null, OfTwoScales: 0)).ShouldPass();
    }

    [Fact]
    public void Centimetres_among_metres_are_a_note()
    {
        var finding = Judge(new MixedUnits(new()), Healthy(400, Numbers("height", 400, i => (i % 20 == 3 ? 100 : 1) * (1.5 + i * 0.37 % 0.4)))).Finding();
        (finding.Level, finding.Location!.Column, finding.Location.Row).ShouldBe((Level.Note, "height", 4));
    }

    [Fact]
    public void A_column_that_spans_magnitudes_is_silent() =>
        Judge(new MixedUnits(new()), Healthy(400, Numbers("income", 400, i => Math.Exp(8.0 * i / 400)))).ShouldPass();

    [Fact]
    public void Arrays_are_not_judged() => Judge(new MixedUnits(new()), HealthyPictures with { Kind = DataKind.Arrays }).ShouldNotApply();
}
