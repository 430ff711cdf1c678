using Pessimist.Checks;
using Pessimist.Checks.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class OutliersTests
{
    [Fact]
    public void A_slip_of_the_decimal_point_is_noted_with_its_row()
    {
        var finding = Judge(new Outliers(), Healthy(400, Numbers("height", 400, i => i == 99 ? 17200 : 150 + i % 50))).Finding();
        (finding.Level, finding.Location!.Column, finding.Location.Row).ShouldBe((Level.Note, "height", 100));
        finding.Message.ShouldContain("17200 in row 100");
    }

    [Fact]
    public void A_heavy_tail_is_silent() => Judge(new Outliers(), Healthy(400, Numbers("income", 400, i => Math.Exp(8.0 * i / 400)))).ShouldPass();

    [Fact]
    public void Pictures_have_no_columns_of_numbers() => Judge(new Outliers(), HealthyPictures).ShouldNotApply();
}
