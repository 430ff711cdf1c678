using Pessimist.Data;
using Pessimist.Data.Synthetic;

namespace Pessimist.Tests.Data.Synthetic;

public sealed class SyntheticTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-synth-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    public static TheoryData<string> Names => [.. SyntheticSet.All.Select(s => s.Name)];

    static SyntheticData Make(string name, SyntheticOptions? options = null) => SyntheticSet.Find(name).Make(options ?? new SyntheticOptions { Count = 60 });

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others(string name)
    {
        foreach (var (file, seed) in (ReadOnlySpan<(string, int)>)[("a.npz", 1), ("b.npz", 1), ("c.npz", 2)])
            SyntheticWriter.Write(Make(name, new SyntheticOptions { Count = 30, Seed = seed }), At(file));
        File.ReadAllBytes(At("a.npz")).ShouldBe(File.ReadAllBytes(At("b.npz")));
        File.ReadAllBytes(At("a.npz")).SequenceEqual(File.ReadAllBytes(At("c.npz"))).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_written_is_read_again(string name)
    {
        var data = Make(name);
        SyntheticWriter.Write(data, At("set.npz"));
        var npz = DataReader.Read(At("set.npz"));
        npz.Count.ShouldBe(60);
        npz.Items!.Shape.ShouldBe(data.Shape);
        npz.Labels.ShouldNotBeNull();

        SyntheticWriter.Write(data, At("set.csv"));
        var csv = DataReader.Read(At("set.csv"));
        csv.Count.ShouldBe(data.IsSequence ? 60 * data.Shape[0] : 60);
        csv.Columns[^1].Name.ShouldBe(data.Classes.Count > 0 ? "label" : "target");

        if (!data.IsPicture) return;
        SyntheticWriter.Write(data, At("folder"));
        var pictures = DataReader.Read(At("folder"));
        pictures.Kind.ShouldBe(DataKind.Images);
        pictures.Items!.Shape.ShouldBe(data.Shape);
        pictures.Unreadable.ShouldBeEmpty();
        Directory.GetDirectories(At("folder")).Length.ShouldBe(data.Classes.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Classes_are_equally_frequent(string name)
    {
        var data = Make(name, new SyntheticOptions { Count = 400 });
        data.Inputs.ShouldAllBe(v => float.IsFinite(v));
        if (data.Classes.Count == 0 || name == "copy") return;
        var counts = data.Targets.GroupBy(t => t).Select(g => g.Count()).ToArray();
        counts.Length.ShouldBe(data.Classes.Count);
        (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void The_sum_to_be_added_is_that_of_the_marked_numbers()
    {
        var data = Make("adding", new SyntheticOptions { Count = 50, Steps = 9 });
        for (var i = 0; i < 50; i++)
        {
            var x = data.Input(i).ToArray();
            var marked = Enumerable.Range(0, 9).Where(t => x[2 * t + 1] == 1).ToArray();
            marked.Length.ShouldBe(2);
            marked[0].ShouldBeLessThan(4);
            marked[1].ShouldBeGreaterThanOrEqualTo(4);
            data.Target(i)[0].ShouldBe(x[2 * marked[0]] + x[2 * marked[1]], 1e-6f);
        }
    }

    [Fact]
    public void The_letters_to_be_copied_stand_at_the_beginning()
    {
        var data = Make("copy", new SyntheticOptions { Count = 20, Steps = 2, Symbols = 3, Recall = 2 });
        data.Shape.ShouldBe([7, 10]);
        for (var i = 0; i < 20; i++)
        {
            var x = data.Input(i).ToArray();
            var hot = Enumerable.Range(0, 7).Select(t => Array.IndexOf(x, 1f, t * 10, 10) - t * 10).ToArray();
            hot[..2].ShouldBe(data.Target(i).ToArray().Select(t => (int)t));
            hot[2].ShouldBeLessThan(8);
            hot[3..].ShouldBe([8, 8, 9, 8]);
        }

        Should.Throw<PessimistException>(() => SyntheticWriter.Write(data, At("copy.csv"))).Message.ShouldContain("2 targets for each example do not fit into a table");
    }

    [Fact]
    public void Blobs_can_be_told_apart_by_their_nearest_centre_and_spirals_cannot()
    {
        NearestMean(Make("blobs", new SyntheticOptions { Count = 900 })).ShouldBeGreaterThan(0.95);
        NearestMean(Make("spirals", new SyntheticOptions { Count = 900 })).ShouldBeLessThan(0.7);

        static double NearestMean(SyntheticData data)
        {
            var means = data.Targets.Select((t, i) => (t, i)).GroupBy(p => p.t).ToDictionary(g => g.Key, g => Enumerable.Range(0, data.Length).Select(f => g.Average(p => data.Input(p.i)[f])).ToArray());
            return Enumerable.Range(0, data.Count).Average(i => means.MinBy(m => m.Value.Select((v, f) => Math.Pow(v - data.Input(i)[f], 2)).Sum()).Key == data.Target(i)[0] ? 1.0 : 0);
        }
    }

    [Fact]
    public void Mistakes_are_told_with_the_remedy()
    {
        Should.Throw<PessimistException>(() => SyntheticSet.Find("spiral")).Message.ShouldContain("did you mean 'spirals'?");
        Should.Throw<PessimistException>(() => Make("spirals", new SyntheticOptions { Steps = 3 })).Message.ShouldBe("--steps says nothing about spirals; it has --count, --seed, --classes, --noise");
        Should.Throw<PessimistException>(() => Make("spirals", new SyntheticOptions { Count = 0 })).Message.ShouldContain("--count 0 is not from 1");
        Should.Throw<PessimistException>(() => Make("digits", new SyntheticOptions { Count = int.MaxValue })).Message.ShouldContain("more than 536870912");
        Should.Throw<PessimistException>(() => SyntheticWriter.Write(Make("blobs"), At("blobs"))).Message.ShouldContain("only pictures are written into a folder");
        Should.Throw<PessimistException>(() => SyntheticWriter.Write(Make("blobs"), At("blobs.xlsx"))).Message.ShouldContain("ends in .xlsx, which is not written");
        SyntheticWriter.Write(Make("blobs"), At("blobs.csv"));
        Should.Throw<PessimistException>(() => SyntheticWriter.Write(Make("blobs"), At("blobs.csv"))).Message.ShouldContain("exists");
        SyntheticWriter.Write(Make("blobs"), At("blobs.csv"), overwrite: true);
    }

    [Fact]
    public void Replacing_pictures_leaves_other_files_alone()
    {
        SyntheticWriter.Write(Make("shapes"), At("shapes"));
        File.WriteAllText(At("shapes/notes.txt"), "mine");
        SyntheticWriter.Write(Make("shapes", new SyntheticOptions { Count = 8 }), At("shapes"), overwrite: true);
        Directory.GetFiles(At("shapes"), "*.png", SearchOption.AllDirectories).Length.ShouldBe(8);
        File.ReadAllText(At("shapes/notes.txt")).ShouldBe("mine");
    }
}
