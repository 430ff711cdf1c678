using Pessimist.Engine.Python;
using Pessimist.Engine.Python.Trials;

namespace Pessimist.Engine.Tests.Python.Trials;

public sealed class TrialFolderTests : IDisposable
{
    readonly string _above = Directory.CreateTempSubdirectory("pessimist-above-").FullName;
    readonly string _folder;

    public TrialFolderTests() => _folder = Directory.CreateDirectory(Path.Combine(_above, "project")).FullName;

    public void Dispose() => Directory.Delete(_above, recursive: true);

    [Fact]
    public void What_is_written_is_copied_and_what_is_big_data_or_installed_is_a_link()
    {
        Write("train.py", "x");
        Write("runs/last.pt", 5 << 20);
        Write("data/train.bin.gz", 5 << 20);
        Write(".git/HEAD", "ref");
        Write("env/pyvenv.cfg", "");
        Write(".pessimist/runs/1/run.jsonl", "{}");
        for (var i = 0; i < 250; i++) Write(FormattableString.Invariant($"pictures/{i}.png"), "p");
        using var folder = TrialFolder.Of(_folder);
        folder.Obstacle.ShouldBeNull();
        using var copy = folder.Copy();
        File.ReadAllText(At("train.py")).ShouldBe("x");
        IsLink("train.py").ShouldBeFalse();
        IsLink("runs/last.pt").ShouldBeFalse();
        IsLink("data").ShouldBeFalse();
        IsLink("data/train.bin.gz").ShouldBeTrue();
        IsLink(".git").ShouldBeTrue();
        IsLink("env").ShouldBeTrue();
        IsLink("pictures").ShouldBeTrue();
        Directory.Exists(At(".pessimist")).ShouldBeFalse();
        folder.Words.ShouldBe("2 files, 5.2 MB; what is big, 4 in number, by reference");

        string At(string path) => Path.Combine(copy.Path, path);
        bool IsLink(string path) => new FileInfo(At(path)).LinkTarget is not null;
    }

    [Fact]
    public void Links_stay_links_and_lead_into_the_copy_where_they_led_into_the_folder()
    {
        Write("a.txt", "a");
        Write("../outside.txt", "o");
        File.CreateSymbolicLink(Path.Combine(_folder, "relative"), "a.txt");
        File.CreateSymbolicLink(Path.Combine(_folder, "absolute"), Path.Combine(_folder, "a.txt"));
        File.CreateSymbolicLink(Path.Combine(_folder, "away"), "../outside.txt");
        File.CreateSymbolicLink(Path.Combine(_folder, "broken"), "nowhere");
        using var folder = TrialFolder.Of(_folder);
        using var copy = folder.Copy();
        new FileInfo(Path.Combine(copy.Path, "relative")).LinkTarget.ShouldBe("a.txt");
        new FileInfo(Path.Combine(copy.Path, "absolute")).LinkTarget.ShouldBe(Path.Combine(copy.Path, "a.txt"));
        new FileInfo(Path.Combine(copy.Path, "away")).LinkTarget.ShouldBe(Path.Combine(_above, "outside.txt"));
        new FileInfo(Path.Combine(copy.Path, "broken")).LinkTarget.ShouldBe("nowhere");
    }

    [Fact]
    public void What_lies_beside_the_folder_is_found_beside_the_copy()
    {
        Write("train.py", "x");
        Write("../data/x.csv", "1");
        using var folder = TrialFolder.Of(_folder);
        using var copy = folder.Copy();
        File.ReadAllText(Path.Combine(copy.Path, "..", "data", "x.csv")).ShouldBe("1");
    }

    [Fact]
    public void Every_copy_begins_with_what_was_kept_and_none_is_left()
    {
        Write("log.txt", "before");
        using var folder = TrialFolder.Of(_folder);
        folder.Keep();
        Write("log.txt", "after the run");
        string root;
        using (var first = folder.Copy())
        {
            root = first.Root!;
            File.AppendAllText(Path.Combine(first.Path, "log.txt"), "first");
        }

        Directory.Exists(root).ShouldBeFalse();
        using var second = folder.Copy();
        File.ReadAllText(Path.Combine(second.Path, "log.txt")).ShouldBe("before");
    }

    [Fact]
    public void What_is_too_much_is_not_copied_and_says_so()
    {
        Write("model.pt", TrialFolder.MostBytes + 1);
        using var folder = TrialFolder.Of(_folder);
        folder.Obstacle.ShouldBe("a copy would hold 100 MB; at most 100 MB are copied");
        using var copy = folder.Copy();
        copy.Path.ShouldBe(_folder);
        copy.Root.ShouldBeNull();
    }

    [Fact]
    public void Arguments_that_name_the_folder_name_the_copy()
    {
        Write("train.py", "x");
        using var folder = TrialFolder.Of(_folder);
        using var copy = folder.Copy();
        var moved = copy.Command(new PythonCommand(Path.Combine(_folder, "train.py"), false, [$"--out={_folder}/out", _folder + "er", "--lr", "1"]));
        moved.Program.ShouldBe(Path.Combine(copy.Path, "train.py"));
        moved.Arguments.ShouldBe([$"--out={copy.Path}/out", _folder + "er", "--lr", "1"]);
    }

    void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    void Write(string path, long bytes)
    {
        Write(path, "");
        using var stream = File.OpenWrite(Path.Combine(_folder, path));
        stream.SetLength(bytes);
    }
}
