using System.IO.Compression;
using Pessimist.Text;

namespace Pessimist.Data.Readers;

/// <summary>Reads an NPZ archive by the names of its arrays: X and y, images and labels, x_train … y_test and their relatives.</summary>
static class NpzReader
{
    static readonly string[] _inputs = ["x", "data", "images", "inputs", "features", "input", "arr_0"];
    static readonly string[] _targets = ["y", "labels", "label", "target", "targets", "classes", "arr_1"];

    public static RawData Read(string path, bool needsLabels = true)
    {
        using var archive = ZipFile.OpenRead(path);
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in archive.Entries.Take(1000))
            if (entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) entries.TryAdd(entry.FullName[..^4], entry);

        if (Part(path, entries, "train", needsLabels) is { } train)
        {
            var test = Part(path, entries, "test", needsLabels);
            return test is null ? train : train.WithTest(test);
        }

        return Part(path, entries, "", needsLabels) ?? throw new PessimistException($"{path} holds the arrays {DidYouMean.List(entries.Keys)}; none of them is called X, data or images",
            "save it with numpy.savez('data.npz', x=…, y=…), or x_train, y_train, x_test, y_test");
    }

    static RawData? Part(string path, Dictionary<string, ZipArchiveEntry> entries, string part, bool needsLabels)
    {
        var input = Name(entries, _inputs, part);
        if (input is null) return null;
        var target = Name(entries, _targets, part);
        var items = Open(path, entries[input], wide: false);
        if (items.Shape.Length == 0) throw new PessimistException($"{path}: '{input}' is a single number", "the first dimension must count the examples");
        if (target is null && !needsLabels) return NpyReader.Build(path, "NPZ", items, [], [$"inputs are '{input}'"]);
        if (target is null)
            throw new PessimistException($"{path} holds no labels for '{input}'; its arrays are {DidYouMean.List(entries.Keys)}", $"save them as '{(part.Length == 0 ? "y" : "y_" + part)}'");
        var labels = ArrayLabels.From(Open(path, entries[target], wide: true), $"{path}: '{target}'", items.Count, $"'{input}'");
        var data = NpyReader.Build(path, "NPZ", items, labels, [$"inputs are '{input}', labels are '{target}'"]);
        return data;
    }

    static string? Name(Dictionary<string, ZipArchiveEntry> entries, string[] names, string part)
    {
        foreach (var name in names)
            foreach (var candidate in part.Length == 0 ? [name] : new[] { $"{name}_{part}", $"{part}_{name}" })
                if (entries.TryGetValue(candidate, out var entry)) return entry.FullName[..^4];
        return null;
    }

    static NpyArray Open(string path, ZipArchiveEntry entry, bool wide)
    {
        // Both lengths come from the archive and may lie: what can really be there is bounded by the compressed bytes.
        var there = Math.Min(entry.Length, Math.Min(entry.CompressedLength, new FileInfo(path).Length) * GzipFile.LargestRatio);
        using var stream = entry.Open();
        return NpyArray.Read(stream, $"{path}: '{entry.FullName}'", there, wide);
    }
}
