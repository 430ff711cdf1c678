using Pessimist.Data;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data;

public sealed class EncoderTests
{
    static (Encoder Encoder, DataSet Data) Encode(RawData raw, params int[] train)
    {
        var targets = TargetInference.Infer(raw, new TargetOptions { Target = "y" });
        var encoder = Encoder.Fit(raw, targets, train.Length == 0 ? [.. Enumerable.Range(0, targets.Rows.Length)] : train);
        return (encoder, encoder.Encode(raw, targets));
    }

    [Fact]
    public void A_missing_number_becomes_the_training_mean_with_an_indicator()
    {
        var (encoder, data) = Encode(Of(Numbers("x", 2, double.NaN, 4, 100), Texts("y", "a", "b", "a", "b")), 0, 1, 2);

        encoder.Features.Select(f => f.Name).ShouldBe(["x", "x is missing"]);
        data.Inputs.ShouldBe([2, 0, 3, 1, 4, 0, 100, 0]);
    }

    [Fact]
    public void An_infinite_number_is_treated_as_missing()
    {
        var (_, data) = Encode(Of(Numbers("x", 2, double.PositiveInfinity, 4), Texts("y", "a", "b", "a")));

        data.Inputs.ShouldBe([2, 0, 3, 1, 4, 0]);
    }

    [Fact]
    public void Text_with_few_values_is_one_hot_and_a_value_unseen_in_training_is_none_of_them()
    {
        var (encoder, data) = Encode(Of(Texts("colour", "red", "blue", null, "green"), Texts("y", "a", "b", "a", "b")), 0, 1, 2);

        encoder.Features.Select(f => f.Name).ShouldBe(["colour=blue", "colour=red", "colour is missing"]);
        data.Inputs.ShouldBe([0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
    }

    [Fact]
    public void Rare_values_share_other()
    {
        var (encoder, data) = Encode(Of(Texts("city", 1000, i => $"c{(i < 900 ? i % 30 : i % 60)}"), Texts("y", 1000, i => i % 2 == 0 ? "a" : "b")));

        encoder.Features.Count.ShouldBe(41);
        encoder.Features[^1].Name.ShouldBe("city=(other)");
        Enumerable.Range(0, 1000).ShouldAllBe(i => data.Input(i).ToArray().Sum() == 1);
    }

    [Fact]
    public void Identifiers_dates_and_free_text_are_left_out_with_a_reason()
    {
        var random = new Random(1);
        var (encoder, _) = Encode(Of(Numbers("x", 100, i => i % 9), Numbers("row", 100, i => 100 - i), Numbers("customer_id", 100, i => i * 977 % 10_007), Texts("name", 100, i => $"n{i}"),
            Texts("day", 100, i => $"2024-01-{1 + i % 28:00}"), Texts("essay", 100, i => $"a long story about number {i} and more"), Texts("blank", 100, _ => null),
            Numbers("salary", 100, _ => random.Next(1000, 99_999)), Texts("y", 100, i => i % 2 == 0 ? "a" : "b")));

        encoder.Features.Select(f => f.Name).ShouldBe(["x", "salary"]);
        encoder.Dropped.Select(d => (d.Column, d.Reason)).ShouldBe(
        [
            ("row", DropReason.Identifier), ("customer_id", DropReason.Identifier), ("name", DropReason.Identifier), ("day", DropReason.Date),
            ("essay", DropReason.FreeText), ("blank", DropReason.Empty),
        ]);
    }

    [Fact]
    public void A_date_alone_is_what_there_is_to_learn_from()
    {
        var (encoder, data) = Encode(Of(Texts("month", 24, i => $"{1970 + i / 12}-{1 + i % 12:00}"), Numbers("y", 24, i => i + 0.5)));

        encoder.Dropped.ShouldBeEmpty();
        data.Inputs[..2].ShouldBe([0, 31]);
    }

    [Fact]
    public void Nothing_to_learn_from_is_an_error() =>
        Should.Throw<PessimistException>(() => Encode(Of(Texts("y", "a", "b", "a")))).Message.ShouldContain("no column to learn from");

    [Fact]
    public void A_constant_column_is_kept_and_recorded()
    {
        var (encoder, data) = Encode(Of(Numbers("c", 30, _ => 3), Numbers("x", 30, i => i % 7), Texts("y", 30, i => i % 2 == 0 ? "a" : "b")));

        encoder.Constant.ShouldBe(["c"]);
        data.InputLength.ShouldBe(2);
    }

    [Theory]
    [InlineData("pixel_{0}_{1}", 0, 4, 5)]
    [InlineData("{0}x{1}", 1, 28, 28)]
    [InlineData("px{0},{1}", 0, 8, 8)]
    public void Pixel_names_make_a_picture(string pattern, int from, int height, int width)
    {
        var columns = Enumerable.Range(0, height * width)
            .Select(i => (Column)Numbers(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, from + i / width, from + i % width), 1, 2)).ToList();

        PixelGrid.Recognise(columns)!.Shape.ShouldBe([1, height, width]);
        PixelGrid.Recognise([.. columns.Skip(1)]).ShouldBeNull();
        PixelGrid.Recognise([.. columns.AsEnumerable().Reverse()]).ShouldBeNull();
    }

    [Fact]
    public void Numbered_pixels_make_a_square_and_other_numbered_columns_do_not()
    {
        PixelGrid.Recognise([.. Enumerable.Range(0, 784).Select(i => Numbers($"pixel{i}", 1))])!.Shape.ShouldBe([1, 28, 28]);
        PixelGrid.Recognise([.. Enumerable.Range(0, 64).Select(i => Numbers($"column_{i}", 1))]).ShouldBeNull();
    }

    [Fact]
    public void A_pixel_that_is_missing_somewhere_does_not_break_the_picture()
    {
        var pixels = Enumerable.Range(0, 16).Select(i => (Column)Numbers($"pixel_{i / 4}_{i % 4}", 1, i == 5 ? double.NaN : 2, 3));

        var (encoder, data) = Encode(Of([.. pixels, Texts("y", "a", "b", "a")]));

        encoder.ImageGuess.ShouldBe(new PixelGrid(4, 4));
        data.InputLength.ShouldBe(16);
        data.Input(1)[5].ShouldBe(2);
    }
}
