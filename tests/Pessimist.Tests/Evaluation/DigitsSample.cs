using System.Globalization;
using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

/// <summary>The real handwritten digits under samples/, pixels scaled to 0..1, in the order of the file.</summary>
static class DigitsSample
{
    static readonly Lazy<ClassifiedRows> _rows = new(Read);

    internal static ClassifiedRows Rows => _rows.Value;

    internal static int[] Shuffled(int seed)
    {
        var labels = (int[])Rows.Labels.Clone();
        new Random(seed).Shuffle(labels);
        return labels;
    }

    static ClassifiedRows Read()
    {
        var lines = File.ReadAllLines(Path.Combine(Snapshot.RepositoryRoot(), "samples", "digits.csv"))[1..];
        var cells = lines.Select(l => l.Split(',').Select(c => float.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return new ClassifiedRows(
            new FeatureMatrix([.. cells.SelectMany(row => row[..^1].Select(v => v / 16))], cells[0].Length - 1), [.. cells.Select(row => (int)row[^1])]);
    }
}
