using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class InputNormalizedTwiceTests
{
    static Verdict Of(ScaleFacts scale) => Judge(new InputNormalizedTwice(new()), HealthyPictures with { Scale = scale });

    [Fact]
    public void Pixels_divided_by_255_twice_are_proved_by_their_arithmetic()
    {
        var finding = Of(new ScaleFacts(0, 1 / 255.0, 0.001, 0.001, false, 255 * 255, 0)).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Warning, EvidenceClass.Proved));
    }

    [Fact]
    public void Standardized_pixels_divided_by_255_are_suspected() =>
        Of(new ScaleFacts(-0.004, 0.008, 1e-6, 1 / 255.0, false, null, 0)).Finding().EvidenceClass.ShouldBe(EvidenceClass.Suspected);

    [Fact]
    public void Pixels_scaled_once_or_not_at_all_and_dark_measurements_are_silent()
    {
        Of(new ScaleFacts(0, 1, 0.3, 0.2, false, 255, 0)).ShouldPass();
        Of(new ScaleFacts(0, 255, 90, 60, true, null, 0)).ShouldPass();
        Of(new ScaleFacts(-2, 3, 0, 1, false, null, 0)).ShouldPass();
        Of(new ScaleFacts(0, 0.003, 0.001, 0.0005, false, null, 0)).ShouldPass();
    }

    [Fact]
    public void Columns_in_small_units_are_not_judged() =>
        Judge(new InputNormalizedTwice(new()), Healthy(400, Numbers("tiny", 400, i => i % 7 / 65025.0))).ShouldNotApply();

    [Fact]
    public void Arrays_are_not_judged() =>
        Judge(new InputNormalizedTwice(new()), HealthyPictures with { Kind = DataKind.Arrays, Scale = new ScaleFacts(0, 1 / 255.0, 0.001, 0.001, false, 255 * 255, 0) }).ShouldNotApply();
}
