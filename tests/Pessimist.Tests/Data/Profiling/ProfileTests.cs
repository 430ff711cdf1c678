using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data.Profiling;

public sealed class ProfileTests
{
    static ColumnFacts Facts(RawData raw, string column) => DataProfile.From(raw.Prepare()).Columns.Single(c => c.Name == column);

    static RawData With(Column column) => Noisy(column.Count, 1, column);

    [Fact]
    public void Counts_missing_cells_with_their_rows()
    {
        var facts = Facts(With(Numbers("v", 100, i => i is 6 or 41 ? double.NaN : i % 10)), "v");

        facts.Missing.ShouldBe(2);
        facts.MissingCells.Select(c => c.Row).ShouldBe([7, 42]);
        (facts.Min, facts.Max, facts.Distinct, facts.IsWhole).ShouldBe((0, 9, 10, true));
    }

    [Fact]
    public void Names_text_in_a_column_of_numbers()
    {
        var values = Enumerable.Range(0, 100).Select(i => i == 11 ? double.NaN : i % 10).ToArray();

        var facts = Facts(With(new NumberColumn("v", values, [new TextCell(11, "twelve")])), "v");

        facts.NotNumbers.ShouldBe(1);
        facts.NotNumberCells.ShouldBe([new CellFact("row 12", 12, "twelve")]);
        facts.Missing.ShouldBe(0);
    }

    [Fact]
    public void Names_infinite_cells()
    {
        var facts = Facts(With(Numbers("v", 100, i => i == 3 ? double.NegativeInfinity : i)), "v");

        facts.InfiniteCells.ShouldBe([new CellFact("row 4", 4, "-Infinity")]);
        facts.Min.ShouldBe(0);
    }

    [Fact]
    public void Knows_a_constant_column() => Facts(With(Numbers("v", 100, _ => 3)), "v").IsConstant.ShouldBeTrue();

    [Fact]
    public void Finds_a_slip_of_the_decimal_point()
    {
        var random = new Random(2);

        var facts = Facts(With(Numbers("v", 200, i => i == 17 ? 17_400 : 150 + 40 * random.NextDouble())), "v");

        facts.Outliers.ShouldBe(1);
        facts.OutlierCells.Single().Row.ShouldBe(18);
    }

    [Fact]
    public void Heavy_tails_hold_no_outliers()
    {
        var random = new Random(3);

        // Lognormal incomes, and the few ones of a nearly empty indicator.
        Facts(With(Numbers("v", 5000, _ => Math.Exp(3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))), "v").Outliers.ShouldBe(0);
        Facts(With(Numbers("v", 5000, i => i % 500 == 0 ? 1 : 0)), "v").Outliers.ShouldBe(0);
    }

    [Fact]
    public void Finds_two_scales_in_one_column()
    {
        var random = new Random(4);

        var facts = Facts(With(Numbers("height", 500, i => (150 + 40 * random.NextDouble()) / (i % 10 == 0 ? 100 : 1))), "height");

        facts.TwoScales!.Ratio.ShouldBeInRange(80, 120);
        facts.TwoScales.FewerSide[0].Row.ShouldBe(1);
    }

    [Fact]
    public void A_wide_spread_is_not_two_scales()
    {
        var random = new Random(5);

        Facts(With(Numbers("v", 500, _ => Math.Exp(10 * random.NextDouble()))), "v").TwoScales.ShouldBeNull();
    }

    [Fact]
    public void Absence_that_goes_with_the_target_is_seen_and_chance_is_not()
    {
        var random = new Random(6);
        var raw = Noisy(1000);
        var high = ((TextColumn)raw.Columns[^1]).Values.ToArray();

        Facts(Of([.. raw.Columns, Numbers("v", 1000, i => high[i] == "high" && i % 3 == 0 ? double.NaN : i)]), "v").MissingTargetP!.Value.ShouldBeLessThan(1e-6);
        Facts(Of([.. raw.Columns, Numbers("v", 1000, i => random.NextDouble() < 0.1 ? double.NaN : i)]), "v").MissingTargetP!.Value.ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public void Counts_classes_in_every_set()
    {
        var facts = DataProfile.From(Noisy(100).Prepare()).Target;

        facts.Classes.Sum(c => c.Train + c.Validation + c.Test).ShouldBe(100);
        facts.Classes.ShouldAllBe(c => c.Total == c.Train + c.Validation + c.Test);
        facts.IsConstant.ShouldBeFalse();
    }

    [Fact]
    public void One_class_is_a_constant_target() => DataProfile.From(Of(Numbers("x", 50, i => i % 7), Texts("y", 50, _ => "a")).Prepare()).Target.IsConstant.ShouldBeTrue();

    [Fact]
    public void Rows_in_the_order_of_their_labels_are_seen()
    {
        var facts = DataProfile.From(Of(Numbers("x", 100, i => i % 7), Texts("y", 100, i => i < 50 ? "a" : "b")).Prepare()).Target;

        facts.SameAsNeighbour.ShouldBeGreaterThan(0.95);
        facts.SameAsNeighbourByChance.ShouldBe(0.5);
    }

    [Theory]
    [InlineData(1.0, null, true, false)]
    [InlineData(1.0 / 255, 255, false, false)]
    [InlineData(1.0 / 255 / 255, 65025, false, true)]
    public void Knows_how_often_pixels_were_divided_by_255(double factor, int? wholeAfter, bool rawBytes, bool twice)
    {
        var random = new Random(7);
        var pixels = Enumerable.Range(0, 16).Select(i => (Column)Numbers($"pixel_{i / 4}_{i % 4}", 60, _ => random.Next(256) * factor));

        var scale = DataProfile.From(Of([.. pixels, Texts("y", 60, i => i % 2 == 0 ? "a" : "b")]).Prepare()).Scale!;

        (scale.WholeAfter, scale.IsRawBytes, scale.IsScaledTwice).ShouldBe((wholeAfter, rawBytes, twice));
    }

    [Fact]
    public void Pictures_of_0_to_1_among_pictures_of_0_to_255_are_counted()
    {
        var random = new Random(8);
        var values = Enumerable.Range(0, 60 * 64).Select(i => (float)(random.NextDouble() * (i / 64 % 6 == 0 ? 1 : 255))).ToArray();
        var raw = new RawData
        {
            Source = "x.npy",
            Kind = DataKind.Images,
            Format = "NPY",
            Count = 60,
            Items = new ArrayData([1, 8, 8], 60, values),
            Labels = Numbers("label", 60, i => i % 2),
        };

        DataProfile.From(raw.Prepare(target: null)).Scale!.OfTwoScales.ShouldBe(10);
    }

    [Fact]
    public void NaN_in_an_array_is_named_with_its_row()
    {
        var values = Enumerable.Range(0, 120).Select(i => (float)(i % 11)).ToArray();
        values[25] = float.NaN;
        var raw = new RawData
        {
            Source = "x.npy",
            Kind = DataKind.Arrays,
            Format = "NPY",
            Count = 60,
            Items = new ArrayData([2], 60, values),
            Labels = Numbers("label", 60, i => i % 2),
        };

        var facts = DataProfile.From(raw.Prepare(target: null)).Columns[1];

        facts.Missing.ShouldBe(1);
        facts.MissingCells.ShouldBe([new CellFact("row 13", 13, "NaN")]);
    }

    [Fact]
    public void Very_wide_tables_keep_the_unusual_columns_and_the_target()
    {
        var columns = Enumerable.Range(0, 3000).Select(i => (Column)Numbers($"c{i}", 30, row => i == 2500 && row == 3 ? double.NaN : (row * (i % 6 + 1)) % 7));

        var profile = DataProfile.From(Of([.. columns, Texts("y", 30, i => i % 2 == 0 ? "a" : "b")]).Prepare());

        profile.ColumnCount.ShouldBe(3001);
        profile.Columns.Count.ShouldBe(DataProfile.MostColumns);
        profile.Columns[^1].Name.ShouldBe("y");
        profile.Columns[^2].Name.ShouldBe("c2500");
    }

    [Fact]
    public void A_profile_survives_the_wire()
    {
        var raw = Of(Numbers("x", 60, i => i == 5 ? double.PositiveInfinity : i == 7 ? double.NaN : i % 9), Texts("t", 60, i => i % 5 == 0 ? null : $"w{i % 3}"), Numbers("leak", 60, i => i % 2),
            Texts("id", 60, i => $"n{i}"), Numbers("y", 60, i => i % 2 + 1));
        var line = ObservationLine.Write(new DataProfiled(DataProfile.From(raw.Prepare())));

        var back = ObservationLine.Read(line).ShouldBeOfType<DataProfiled>();

        ObservationLine.Write(back).ShouldBe(line);
        back.Profile.Columns[0].InfiniteCells.ShouldBe([new CellFact("row 6", 6, "Infinity")]);
    }
}
