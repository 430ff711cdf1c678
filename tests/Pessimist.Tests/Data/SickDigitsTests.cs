using System.Diagnostics;
using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Tests.Data;

/// <summary>Makes the sick digits once for all tests of the class.</summary>
public sealed class SickDigits : IDisposable
{
    readonly TempFolder _folder = new();

    public SickDigits()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Pessimist.slnx"))) root = root.Parent!;
        Samples = Path.Combine(root.FullName, "samples");
        using var python = Process.Start(new ProcessStartInfo("python3", [Path.Combine(Samples, "make_sick.py"), _folder.Path]) { RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        python.ExitCode.ShouldBe(0, errors);
    }

    public string Samples { get; }

    public string this[string name] => _folder.At(name);

    public void Dispose() => _folder.Dispose();
}

/// <summary>The facts of each sick file hold what is wrong with it, and the clean file's hold nothing.</summary>
public sealed class SickDigitsTests(SickDigits sick) : IClassFixture<SickDigits>
{
    static DataProfile Profile(string path, string? test = null) => DataProfile.From(DataReader.Read(path, test).Prepare("label"));

    [Fact]
    public void Clean_digits_hold_nothing_but_three_blank_pixels()
    {
        var raw = DataReader.Read(Path.Combine(sick.Samples, "digits.csv"));
        var prepared = raw.Prepare("label");
        var facts = DataProfile.From(prepared);

        prepared.ImageGuess.ShouldBe(new PixelGrid(8, 8));
        (prepared.Train.Count, prepared.Validation.Count, prepared.Test.Count).ShouldBe((1079, 359, 359));
        facts.Columns.Where(c => c.IsConstant).Select(c => c.Name).ShouldBe(["pixel_0_0", "pixel_4_0", "pixel_4_7"]);
        facts.Columns.ShouldAllBe(c => c.Missing == 0 && c.NotNumbers == 0 && c.Infinite == 0 && c.Outliers == 0 && c.TwoScales == null);
        facts.Duplicates.Groups.ShouldBe(0);
        facts.Determining.ShouldBeEmpty();
        facts.Dropped.ShouldBeEmpty();
        facts.Normalized.Passed.ShouldBeTrue();
        (facts.Scale!.WholeAfter, facts.Scale.IsRawBytes, facts.Scale.IsScaledTwice).ShouldBe((null, false, false));
        facts.Target.GivenIds!.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void Duplicates_across_the_split()
    {
        var duplicates = Profile(sick["duplicates-train.csv"], sick["duplicates-test.csv"]).Duplicates;

        (duplicates.TestInTrain + duplicates.TestInValidation).ShouldBe(60);
        duplicates.AcrossP.ShouldBeLessThan(1e-9);
        duplicates.ConflictingGroups.ShouldBe(0);
    }

    [Fact]
    public void Leaked_target()
    {
        var leak = Profile(sick["leaked-target.csv"]).Determining.ShouldHaveSingleItem();

        (leak.Column, leak.OneToOne).ShouldBe(("checksum", true));
    }

    [Fact]
    public void Constant_column() => Profile(sick["constant-column.csv"]).Columns.Single(c => c.Name == "scanner").IsConstant.ShouldBeTrue();

    [Fact]
    public void Rare_class()
    {
        var rare = Profile(sick["rare-class.csv"]).Target.Classes.Single(c => c.Name == "8");

        rare.Total.ShouldBe(16);
        rare.Test.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Missing_cells()
    {
        var columns = Profile(sick["missing-cells.csv"]).Columns;

        columns.Sum(c => c.Missing).ShouldBe(40);
        columns.Where(c => c.Missing > 0).ShouldAllBe(c => c.MissingCells.Count == c.Missing && c.MissingCells[0].Row > 0);
    }

    [Fact]
    public void Text_in_a_column_of_numbers() =>
        Profile(sick["text-in-number.csv"]).Columns.Single(c => c.NotNumbers > 0).NotNumberCells
            .ShouldBe([new CellFact("row 12", 12, "n/a?"), new CellFact("row 900", 900, "twelve")]);

    [Fact]
    public void Label_ids_from_one_with_a_gap()
    {
        var target = Profile(sick["labels-from-one-gap.csv"]).Target;

        (target.GivenIds!.Smallest, target.GivenIds.Largest).ShouldBe((1, 11));
        target.GivenIds.Gaps.ShouldBe([6]);
        target.Classes.Count.ShouldBe(10);
    }

    [Fact]
    public void Raw_pixels_and_pixels_scaled_twice()
    {
        Profile(sick["raw-255.csv"]).Scale!.IsRawBytes.ShouldBeTrue();
        Profile(sick["scaled-twice.csv"]).Scale!.IsScaledTwice.ShouldBeTrue();
    }

    [Theory]
    [InlineData("labels-shuffled.csv")]
    [InlineData("labels-shifted.csv")]
    public void Mispaired_labels_keep_their_histogram_and_lose_their_pixels(string name)
    {
        var clean = DataReader.Read(Path.Combine(sick.Samples, "digits.csv")).Prepare("label");
        var mispaired = DataReader.Read(sick[name]).Prepare("label");

        int[] Histogram(PreparedData data) => [.. data.Encoded.Classes.CountBy(c => c).OrderBy(c => c.Key).Select(c => c.Value)];
        Histogram(mispaired).ShouldBe(Histogram(clean));
        var byPixels = new Dictionary<string, int>();
        for (var i = 0; i < clean.Encoded.Count; i++) byPixels[string.Join(',', clean.Encoded.Input(i).ToArray())] = clean.Encoded.Classes[i];
        var right = Enumerable.Range(0, mispaired.Encoded.Count).Count(i => byPixels[string.Join(',', mispaired.Encoded.Input(i).ToArray())] == mispaired.Encoded.Classes[i]);
        right.ShouldBeLessThan(250);
    }
}
