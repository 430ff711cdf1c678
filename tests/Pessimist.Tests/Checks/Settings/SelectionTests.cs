using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Checks.Settings;

public sealed class SelectionTests
{
    static CheckSettings Settings(string select = "", string ignore = "") => new()
    {
        Select = [.. Selector.ParseAll(select, "--select")],
        Ignore = [.. Selector.ParseAll(ignore, "--ignore")],
    };

    static string[] Judged(CheckSettings settings) => [.. Catalog.Infos.Where(i => settings.ExclusionOf(i) is null).Select(i => i.Code)];

    [Fact]
    public void Nothing_said_judges_everything() => Judged(Settings()).Length.ShouldBe(Catalog.Infos.Count);

    [Theory]
    [InlineData("PES301")]
    [InlineData("loss-not-finite")]
    [InlineData("Loss-Not-Finite")]
    public void A_check_is_selected_by_code_or_name(string word) => Judged(Settings(word)).ShouldBe(["PES301"]);

    [Fact]
    public void A_prefix_selects_a_band_and_an_exact_word_beats_it()
    {
        Judged(Settings("PES3")).ShouldBe(Catalog.Infos.Where(i => i.Code.StartsWith("PES3", StringComparison.Ordinal)).Select(i => i.Code));
        Judged(Settings("PES3", "PES301")).ShouldBe(Catalog.Infos.Where(i => i.Code.StartsWith("PES3", StringComparison.Ordinal) && i.Code != "PES301").Select(i => i.Code));
        Judged(Settings("PES301", "PES3")).ShouldBe(["PES301"]);
        Judged(Settings("PES301,PES402", "PES301")).ShouldBe(["PES402"]);
    }

    [Fact]
    public void All_ignores_all() => Judged(Settings("", "all")).ShouldBeEmpty();

    [Theory]
    [InlineData("los-not-finite", "did you mean 'loss-not-finite'?")]
    [InlineData("PES999", "no check is called 'PES999'")]
    [InlineData("P", "no check is called 'P'")]
    public void An_unknown_word_is_refused_with_a_suggestion(string word, string message) =>
        Should.Throw<PessimistException>(() => Settings(word)).Message.ShouldContain(message);

    static Run NotFinite() => Run.Of([new SingleBatchTried { Seed = 0, Verdict = SingleBatchVerdict.Explodes, Losses = [1, double.NaN], BatchSize = 4, FirstHash = "a", LastHash = "a", Because = "the loss is NaN" }]);

    [Fact]
    public void An_ignored_check_is_judged_put_aside_and_told()
    {
        var found = Diagnose.Everything(NotFinite());
        found.Findings.ShouldNotBeEmpty();
        var names = string.Join(',', found.Findings.Concat(found.Folded).Select(f => f.Code));

        var quiet = Diagnose.Everything(NotFinite(), Settings("", names));
        quiet.Findings.ShouldBeEmpty();
        var report = Report.From(NotFinite(), quiet, "/");
        report.Ignored!.Select(i => i.Finding.Code).ShouldBe(names.Split(','), ignoreOrder: true);
        report.Checks.Single(c => c.Code == found.Findings[0].Code).Verdict.ShouldBe("ignored");
        report.Summary.Errors.ShouldBe(0);
        report.Summary.Checks.Ignored.ShouldBe(names.Split(',').Length);
        foreach (var text in (string[])[TextReport.Render(report, new TextOptions(Styles.None, 160)), ConciseReport.Render(report), MarkdownReport.Render(report)])
            text.ShouldContain($"is ignored by --ignore {found.Findings[0].Code}");
    }

    [Fact]
    public void What_is_not_selected_is_not_judged_and_told()
    {
        var result = Diagnose.Everything(NotFinite(), Settings("PES1"));
        result.Findings.ShouldBeEmpty();
        result.Verdicts.Where(v => v.Info.Code.StartsWith("PES9", StringComparison.Ordinal))
            .ShouldAllBe(v => v.Verdict == new Verdict.Ignored("not selected by --select PES1", null));
    }

    [Fact]
    public void A_consequence_of_an_ignored_cause_shows_itself()
    {
        var result = Diagnose.With([new Finds("PES301", ["PES402"]), new Finds("PES402", [])], Run.Of([]), Settings("", "PES301"));
        result.Findings.ShouldHaveSingleItem().Code.ShouldBe("PES402");
        result.Folded.ShouldBeEmpty();
    }

    [Fact]
    public void Findings_about_some_files_are_put_aside()
    {
        var settings = CheckSettings.Default with
        {
            Folder = "/project",
            WorkingDirectory = "/project/src",
            PerFile = [new FileIgnore("src/old/*.py", [Selector.Parse("PES3", "pessimist.json: perFileIgnores")])],
        };
        Verdict Of(string file) => Diagnose.With([new Finds("PES301", []) { File = file }], Run.Of([]), settings).Verdicts[0].Verdict;
        Of("old/deep/train.py").Word.ShouldBe("ignored");
        Of("/project/src/old/train.py").Word.ShouldBe("ignored");
        Of("new/train.py").Word.ShouldBe("found");
        Of("../old/train.py").Word.ShouldBe("found");
    }

    [Fact]
    public void A_crash_is_told_of_an_ignored_check_too() =>
        Diagnose.With([new Crashes()], Run.Of([]), Settings("", "all")).Verdicts[0].Verdict.Word.ShouldBe("crashed");

    sealed class Finds(string code, string[] explains) : Check(Catalog.Find(code)! with { Explains = explains })
    {
        public string? File { get; init; }

        public override Verdict Conclude() => Found(Finding("it is so", EvidenceClass.Proved) with { Location = File is null ? null : new Location(File, 3) });
    }

    sealed class Crashes() : Check(Catalog.Infos[0])
    {
        public override Verdict Conclude() => throw new InvalidOperationException("broken");
    }
}
