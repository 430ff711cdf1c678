using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

public sealed class SourceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-source-").FullName;
    readonly DateTimeOffset _start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A file written before the run.</summary>
    string Script(string name = "train.py", string text = "import torch\n\nfor x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n")
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, _start.UtcDateTime.AddHours(-1));
        return file;
    }

    Excerpt? ExcerptOf(string file, int? line, string? workingDirectory = null)
    {
        var finding = new Finding { Code = "PES301", Name = "loss-not-finite", Level = Level.Error, EvidenceClass = EvidenceClass.Proved, Message = "m", Location = new Location(file, line) };
        var run = Run.Of([new RunStarted { Id = "r", ToolVersion = "0", Command = "run", Time = _start }, new RunEnded { Ending = RunEnding.Completed, At = 30 }]);
        return Report.From(run, new DiagnosisResult([finding], [], []), workingDirectory ?? _folder).Findings[0].Location!.Excerpt;
    }

    [Fact]
    public void The_lines_around_are_read()
    {
        Script();
        var excerpt = ExcerptOf("train.py", 4)!;
        excerpt.FirstLine.ShouldBe(2);
        excerpt.Lines.ShouldBe(["", "for x, y in loader:", "    loss = criterion(model(x), y)", "    loss.backward()", ""]);
        excerpt.Line(4).ShouldBe("    loss = criterion(model(x), y)");
        ExcerptOf(Path.Combine(_folder, "train.py"), 1)!.FirstLine.ShouldBe(1);
    }

    [Fact]
    public void What_is_missing_too_large_binary_or_elsewhere_is_not_read_and_nothing_fails()
    {
        ExcerptOf("none.py", 1).ShouldBeNull();
        ExcerptOf("none/none.py", 1).ShouldBeNull();
        ExcerptOf(_folder, 1).ShouldBeNull();
        ExcerptOf("", 1).ShouldBeNull();
        ExcerptOf("a\0b", 1).ShouldBeNull();
        ExcerptOf(new string('x', 5000), 1).ShouldBeNull();
        ExcerptOf("/dev/zero", 1).ShouldBeNull();
        Script("big.py", new string('x', (1 << 20) + 1));
        ExcerptOf("big.py", 1).ShouldBeNull();
        Script("binary.py", "a\0b");
        ExcerptOf("binary.py", 1).ShouldBeNull();
        Script();
        ExcerptOf("train.py", 400).ShouldBeNull();
        ExcerptOf("train.py", 0).ShouldBeNull();
        ExcerptOf("train.py", -3).ShouldBeNull();
        ExcerptOf("train.py", null).ShouldBeNull();
    }

    [Fact]
    public void Nothing_outside_the_working_directory_is_read_not_even_through_a_link()
    {
        Script("secret.py");
        var inside = Directory.CreateDirectory(Path.Combine(_folder, "inside")).FullName;
        ExcerptOf("../secret.py", 1, inside).ShouldBeNull();
        ExcerptOf(Path.Combine(_folder, "secret.py"), 1, inside).ShouldBeNull();
        File.CreateSymbolicLink(Path.Combine(inside, "link.py"), Path.Combine(_folder, "secret.py"));
        ExcerptOf("link.py", 1, inside).ShouldBeNull();
        Directory.CreateSymbolicLink(Path.Combine(inside, "folder"), _folder);
        ExcerptOf("folder/secret.py", 1, inside).ShouldBeNull();
    }

    [Fact]
    public void A_file_that_changed_after_the_run_is_not_shown()
    {
        var file = Script();
        File.SetLastWriteTimeUtc(file, _start.UtcDateTime.AddSeconds(31));
        ExcerptOf("train.py", 4).ShouldBeNull();
        File.SetLastWriteTimeUtc(file, _start.UtcDateTime.AddSeconds(29));
        ExcerptOf("train.py", 4).ShouldNotBeNull();
    }

    [Fact]
    public void A_long_line_is_cut()
    {
        Script("long.py", new string('x', 9000));
        ExcerptOf("long.py", 1)!.Lines[0].Length.ShouldBe(401);
    }

    static string[] Shown(Location at, int columns = 80) => [.. SourceLine.Of(at, columns).Select(l => $"{l.Number}|{l.Text}")];

    static Location At(string source, int? column = null, int? end = null, string? label = null) =>
        new("train.py", 7) { SourceColumn = column, EndColumn = end, Label = label, Excerpt = new Excerpt(7, [source]) };

    [Fact]
    public void The_expression_is_underlined_and_labelled() =>
        Shown(At("    loss = criterion(model(x), y)", 12, 21, "here")).ShouldBe([" 7|    loss = criterion(model(x), y)", "  |           ^^^^^^^^^ here"]);

    [Fact]
    public void Without_an_end_the_word_is_underlined_and_without_a_column_the_line()
    {
        Shown(At("    loss = criterion(model(x), y)", 12))[1].ShouldBe("  |           ^^^^^^^^^");
        Shown(At("    loss = f(x)  "))[1].ShouldBe("  |    ^^^^^^^^^^^");
        Shown(At("    loss = f(x)", 99))[1].ShouldBe("  |    ^^^^^^^^^^^", "a column behind the line");
        Shown(At("    loss = f(x)", 2))[1].ShouldBe("  |    ^^^^^^^^^^^", "a column in the indentation");
    }

    [Theory]
    [InlineData("\tx = 数字(y)", 6, 8)]
    [InlineData("s = '\u001b[31m'; f(s)", 13, 14)]
    [InlineData("😀😀 = f(😀)", 2, 3)]
    [InlineData("", null, null)]
    [InlineData("x", 1, 900)]
    public void The_underline_stands_below_what_is_shown(string source, int? column, int? end)
    {
        var lines = Shown(At(source, column, end));
        lines.Length.ShouldBeGreaterThan(1);
        lines.ShouldAllBe(l => !l.Any(char.IsControl));
        Display.Width(lines[1]).ShouldBeLessThanOrEqualTo(Math.Max(Display.Width(lines[0]), 4));
    }

    [Fact]
    public void A_wide_line_is_cut_around_the_expression()
    {
        var source = $"    y = {new string('a', 200)}(softmax(x), {new string('b', 200)})";
        var from = source.IndexOf("softmax", StringComparison.Ordinal) + 1;
        var lines = Shown(At(source, from, from + 7, new string('l', 100)), 60);
        lines[0].ShouldContain("softmax");
        lines.ShouldAllBe(l => Display.Width(l) <= 63);
        lines[1].IndexOf('^', StringComparison.Ordinal).ShouldBe(lines[0].IndexOf("softmax", StringComparison.Ordinal));
    }

    [Fact]
    public void Deep_indentation_is_shortened() => Shown(At(new string(' ', 40) + "f(x)", 41))[0].ShouldBe(" 7|        f(x)");
}
