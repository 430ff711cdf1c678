using System.Diagnostics;
using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Engine.Walk;
using Pessimist.Engine.Walk.Stages;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Tests.Walk;

/// <summary>Makes the sick digits once for all tests of the class.</summary>
public sealed class SickDigits : IDisposable
{
    readonly SmallData _data = new();

    public SickDigits()
    {
        var script = Path.Combine(Path.GetDirectoryName(SmallData.Digits)!, "make_sick.py");
        using var python = Process.Start(new ProcessStartInfo("python3", [script, _data.Folder]) { RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        python.ExitCode.ShouldBe(0, errors);
    }

    public string this[string name] => Path.Combine(_data.Folder, name);

    public void Dispose() => _data.Dispose();
}

/// <summary>What the data stage says about each sick version of the digits, and that it is quiet about healthy data.</summary>
public sealed class SickDigitsTests(SickDigits sick) : IClassFixture<SickDigits>
{
    static (Run Run, IReadOnlyList<Finding> Findings) Look(DiagnoseOptions options)
    {
        var run = new Run();
        new PlaybookWalk(options, NoProgress.Instance, () => [new TargetStage(), new DataStage()]).Execute(run, TestContext.Current.CancellationToken);
        return (run, Diagnose.Everything(run).Findings);
    }

    Finding Named(string file, string code, DiagnoseOptions? options = null)
    {
        var findings = Look((options ?? new DiagnoseOptions { Data = "" }) with { Data = sick[file], Targets = ["label"] }).Findings;
        // One cause, one finding: nothing else is loud about the same file.
        findings.Where(f => f.Code != code && f.Level >= Level.Warning).ShouldBeEmpty(string.Join("; ", findings.Select(f => $"{f.Code} {f.Message}")));
        return findings.Where(f => f.Code == code).ShouldHaveSingleItem();
    }

    static void ShouldBeQuiet(DiagnoseOptions options)
    {
        var (run, findings) = Look(options);
        var loud = findings.Where(f => f.Level >= Level.Warning);
        loud.ShouldBeEmpty(string.Join("; ", loud.Select(f => $"{f.Code} {f.Message}")));
        run.All<StageFinished>().Select(s => s.Status).ShouldBe([StageStatus.Passed, StageStatus.Passed]);
        Diagnose.Everything(run).Verdicts.ShouldAllBe(v => !(v.Verdict is Verdict.Crashed));
    }

    [Fact]
    public void Shuffled_labels()
    {
        var finding = Named("labels-shuffled.csv", "PES107");
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Error, EvidenceClass.Confirmed, "label"));
        finding.Message.ShouldBe("labels do not depend on the inputs");
    }

    [Fact]
    public void Shifted_labels_stop_the_walk()
    {
        var finding = Named("labels-shifted.csv", "PES107");
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Confirmed));
        finding.Message.ShouldBe("every label stands 1 row below its inputs");
        Look(new DiagnoseOptions { Data = sick["labels-shifted.csv"], Targets = ["label"] }).Run.All<StageFinished>().Last().Status.ShouldBe(StageStatus.Failed);
    }

    [Fact]
    public void Copies_in_a_given_test_set()
    {
        var finding = Named("duplicates-train.csv", "PES112", new DiagnoseOptions { Data = "", Test = sick["duplicates-test.csv"] });
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldStartWith("60 test examples of 420");
        finding.Examples.ShouldAllBe(e => e.Contains("duplicates-test.csv row "));
    }

    [Fact]
    public void A_leaked_target()
    {
        var finding = Named("leaked-target.csv", "PES121");
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Error, EvidenceClass.Proved, "checksum"));
    }

    [Fact]
    public void A_constant_column()
    {
        var finding = Named("constant-column.csv", "PES103");
        (finding.Level, finding.Location!.Column).ShouldBe((Level.Warning, "scanner"));
    }

    [Fact]
    public void A_rare_class()
    {
        var finding = Named("rare-class.csv", "PES110");
        finding.Level.ShouldBe(Level.Note);
        finding.Message.ShouldContain("\"8\"");
        finding.Location!.Column.ShouldBe("label");
    }

    [Fact]
    public void Blank_cells()
    {
        var finding = Named("missing-cells.csv", "PES122");
        finding.Message.ShouldContain("40 cells of ");
        (finding.Location!.Column, finding.Location.Row).ShouldNotBe((null, null));
        finding.Examples.Count.ShouldBe(12);
    }

    [Fact]
    public void Text_among_numbers()
    {
        var finding = Named("text-in-number.csv", "PES122");
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Warning, EvidenceClass.Proved));
        (finding.Location!.Column, finding.Location.Row).ShouldBe(("pixel_3_4", 12));
        finding.Examples.ShouldBe(["row 12 (pixel_3_4: \"n/a?\")", "row 900 (pixel_3_4: \"twelve\")"]);
    }

    [Fact]
    public void Label_ids_with_a_gap()
    {
        var finding = Named("labels-from-one-gap.csv", "PES108");
        (finding.Level, finding.Location!.Column).ShouldBe((Level.Note, "label"));
        finding.Message.ShouldBe("class ids run from 1 to 11, and no example has 6");
    }

    [Fact]
    public void Raw_pixels_are_named_when_they_are_fed_raw_and_only_then()
    {
        var finding = Named("raw-255.csv", "PES101", new DiagnoseOptions { Data = "", Normalize = false });
        finding.Level.ShouldBe(Level.Warning);
        finding.Location!.Column!.ShouldStartWith("pixel_");
        ShouldBeQuiet(new DiagnoseOptions { Data = sick["raw-255.csv"], Targets = ["label"] });
    }

    [Fact]
    public void Pixels_scaled_twice() => Named("scaled-twice.csv", "PES102").Level.ShouldBe(Level.Warning);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Clean_digits_are_quiet(int seed) => ShouldBeQuiet(new DiagnoseOptions { Data = SmallData.Digits, Targets = ["label"], Seed = seed });

    [Fact]
    public void Healthy_tables_are_quiet()
    {
        using var data = new SmallData();
        ShouldBeQuiet(new DiagnoseOptions { Data = Flowers(data), Targets = ["species"] });
        ShouldBeQuiet(new DiagnoseOptions { Data = data.Prices(), Targets = ["price"] });
        ShouldBeQuiet(new DiagnoseOptions { Data = Words(data), Targets = ["topic"] });
        ShouldBeQuiet(new DiagnoseOptions { Data = Repetitive(data), Targets = ["bought"] });
    }

    /// <summary>As the irises: sorted by class, one class far off, one feature that nearly tells all three, tenths of a centimetre, three repeated rows.</summary>
    static string Flowers(SmallData data)
    {
        var random = new Random(7);
        string Tenths(double mean, double spread) => FormattableString.Invariant($"{Math.Round(mean + spread * (random.NextDouble() + random.NextDouble() - 1), 1):0.0}");
        string Flower(int i) => (i / 50) switch
        {
            0 => $"{Tenths(5, 0.8)},{Tenths(3.4, 0.8)},{Tenths(1.5, 0.3)},{Tenths(0.2, 0.2)},setosa",
            1 => $"{Tenths(5.9, 1.1)},{Tenths(2.8, 0.7)},{Tenths(4.3, 1)},{Tenths(1.3, 0.4)},versicolor",
            _ => $"{Tenths(6.6, 1.3)},{Tenths(3, 0.7)},{Tenths(5.6, 1.1)},{Tenths(2, 0.5)},virginica",
        };
        string[] rows = [.. Enumerable.Range(0, 150).Select(Flower)];
        foreach (var i in new[] { 37, 81, 142 }) rows[i] = rows[i - 1];
        return data.Write("flowers.csv", "sepal length,sepal width,petal length,petal width,species", 150, i => rows[i]);
    }

    /// <summary>Counts of words, most of them 0; one word occurs nowhere.</summary>
    static string Words(SmallData data)
    {
        var random = new Random(3);
        string[] words = ["ball", "bank", "coach", "fund", "goal", "loan", "match", "rate", "score", "share", "team", "trade", "win", "yield", "zebra"];
        return data.Write("words.csv", string.Join(',', words) + ",topic", 500, _ =>
        {
            var sport = random.Next(2);
            var counts = words.Select((_, j) => j == 14 ? 0 : random.NextDouble() < (j % 2 == sport ? 0.04 : 0.18) ? random.Next(1, 4) : 0);
            return string.Join(',', counts) + (sport == 1 ? ",money" : ",sport");
        });
    }

    /// <summary>A survey of few answers: rows repeat by nature, with different outcomes.</summary>
    static string Repetitive(SmallData data)
    {
        var random = new Random(11);
        return data.Write("survey.csv", "age group,city,visits,bought", 900, _ =>
        {
            int age = random.Next(4), city = random.Next(3), visits = Math.Min(random.Next(6), random.Next(6));
            return $"{20 + 10 * age},{"ABC"[city]},{visits},{(random.NextDouble() < 0.15 + 0.12 * visits + 0.1 * city ? "yes" : "no")}";
        });
    }
}
