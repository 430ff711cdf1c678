using System.Globalization;
using System.Text;

namespace Pessimist.Data.Readers;

/// <summary>
/// Reads text by class, character by character: ROOT/CLASS.txt with an example on each line, or ROOT/CLASS/….txt with an example in each file. Each character
/// is one step, one-hot over the characters that occur most; short texts are filled with zeros in front.
/// </summary>
static class TextFolderReader
{
    /// <summary>Characters with a feature of their own; the others share one.</summary>
    const int MostCharacters = 64;

    /// <summary>Of longer texts the beginning is read.</summary>
    const int MostSteps = 256;

    const long LargestFile = 64 << 20;

    sealed record Example(string Text, string Class, string Path, int? Line);

    /// <summary>Whether the folder holds text and no pictures are meant.</summary>
    public static bool IsMeant(string root)
    {
        if (Texts(root).Count >= 2) return true;
        return Directory.EnumerateDirectories(root).Take(100).Count(folder => Texts(folder).Count > 0) >= 2;
    }

    public static RawData Read(string root, ReadOptions options)
    {
        var lines = Texts(root);
        List<Example> examples = lines.Count >= 2
            ? [.. lines.SelectMany(file => Text(file, options).Split('\n').Select((line, i) => new Example(line.Trim(), Path.GetFileNameWithoutExtension(file), file, i + 1)).Where(e => e.Text.Length > 0))]
            : [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).SelectMany(folder => Texts(folder).Select(file => new Example(Text(file, options).Trim(), Path.GetFileName(folder), file, null)).Where(e => e.Text.Length > 0))];
        if (examples.Count == 0) throw new PessimistException($"the text files under {root} are empty", "give texts");

        var characters = examples.SelectMany(e => e.Text.Take(MostSteps)).GroupBy(c => c).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key).ToArray();
        var places = characters.Take(MostCharacters).Order().Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i);
        var others = characters.Length > MostCharacters;
        var features = places.Count + (others ? 1 : 0);
        var steps = Math.Min(MostSteps, examples.Max(e => e.Text.Length));
        // Bytes here, float32 in training.
        Limits.CheckFits((long)examples.Count * steps * features, 1 + sizeof(float), root);
        var values = new byte[examples.Count * steps * features];
        for (var i = 0; i < examples.Count; i++)
        {
            var text = examples[i].Text;
            var length = Math.Min(text.Length, steps);
            for (var t = 0; t < length; t++)
                values[(i * steps + steps - length + t) * features + places.GetValueOrDefault(text[t], places.Count)] = 1;
        }

        var cut = examples.Count(e => e.Text.Length > steps);
        return new RawData
        {
            Source = root,
            Kind = DataKind.Arrays,
            Format = "text by class",
            Count = examples.Count,
            Items = new ArrayData([steps, features], examples.Count, values),
            Labels = new TextColumn("label", [.. examples.Select(e => e.Class)]),
            Paths = [.. examples.Select(e => e.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{e.Path}:{line}") : e.Path)],
            Notes =
            [
                string.Create(CultureInfo.InvariantCulture, $"{(lines.Count >= 2 ? "each line" : "each file")} is a text of at most {steps} characters, one-hot over {features} characters{(others ? $", the last for {characters.Length - MostCharacters} rare ones" : "")}; short texts are filled with zeros in front"),
                .. cut == 0 ? Array.Empty<string>() : [string.Create(CultureInfo.InvariantCulture, $"of {cut} texts only the first {steps} characters are read")],
            ],
        };
    }

    static List<string> Texts(string folder) => [.. Directory.EnumerateFiles(folder, "*.txt").Where(f => !IsAside(f)).Order(StringComparer.Ordinal)];

    /// <summary>What lies beside data and is none.</summary>
    static bool IsAside(string file) => Path.GetFileNameWithoutExtension(file).ToUpperInvariant() is "README" or "LICENSE" or "CLASSES" or "LABELS" or "NOTES";

    static string Text(string file, ReadOptions options)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        if (new FileInfo(file).Length > LargestFile) throw new PessimistException($"{file} has more than {Limits.Size(LargestFile)}", "give shorter texts");
        var bytes = File.ReadAllBytes(file);
        if (TextEncoding.LooksBinary(bytes.AsSpan(0, Math.Min(bytes.Length, 1 << 16)))) throw new PessimistException($"{file} is no text", "leave it out");
        return TextEncoding.Guess(bytes).GetString(bytes).TrimStart('\uFEFF').Normalize(NormalizationForm.FormC);
    }
}
