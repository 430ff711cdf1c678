using System.Globalization;
using System.Text;
using Pessimist.Diagnosis;
using Pessimist.Engine.Comparing;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>A comparison for people: weights, the table of layers, the first difference and its reason.</summary>
sealed class ComparisonText(ImplementationComparison comparison, bool verbose)
{
    const int MostNames = 8;
    const int MostWeights = 8;

    readonly StringBuilder _text = new();

    public string Render()
    {
        Line($"A  {comparison.A}");
        Line($"B  {comparison.B}  (the reference)");
        Line($"input: {comparison.Input}; layers paired {comparison.Pairing}");
        Weights();
        Layers();
        Only("A", comparison.OnlyA);
        Only("B", comparison.OnlyB);
        foreach (var note in comparison.Notes) Line($"note: {note}");
        _text.Append('\n');
        Verdict();
        return _text.ToString();
    }

    public string Next() => comparison.First is { } first
        ? comparison.Reason is { } reason ? $"next: {reason.Help}" : "next: pessimist explain PES911"
        : comparison.Weights.Differs ? "next: load the same weights into both and compare again" : "next: compare on another input, with --seed or --input, or another recording";

    void Weights()
    {
        var weights = comparison.Weights;
        if (weights.Problem.Length > 0) Line(weights.Problem);
        if (weights.Tensors.Count == 0) return;
        var differing = weights.Tensors.Where(t => t.Differs).ToArray();
        Line(differing.Length == 0
            ? $"weights: all {Count(weights.Tensors.Count)} agree{(weights.Tensors.All(t => t.Verdict == Agreement.Identical) ? ", to the last bit" : " within rounding")}"
            : $"weights: {Count(differing.Length)} of {Count(weights.Tensors.Count)} differ");
        foreach (var tensor in differing.Take(MostWeights))
            Line($"  {tensor.Path}: {(tensor.Note.Length > 0 ? tensor.Note : Size(tensor))}");
        if (differing.Length > MostWeights) Line($"  and {Count(differing.Length - MostWeights)} more");
        Only("A", weights.OnlyA, "weights ");
        Only("B", weights.OnlyB, "weights ");
    }

    void Layers()
    {
        var path = Math.Clamp(comparison.Layers.Max(l => Name(l).Length), 5, 48);
        var shape = Math.Max(5, comparison.Layers.Max(l => Shape(l).Length));
        _text.Append('\n');
        Line($"{"layer".PadRight(path)}  {"shape".PadRight(shape)}  max difference  of largest  verdict");
        foreach (var layer in comparison.Layers.Where(l => verbose || !l.IsContainer || l.Differs || l.Path == LayerCall.Whole))
            Line(string.Create(CultureInfo.InvariantCulture, $"{Name(layer).PadRight(path)}  {Shape(layer).PadRight(shape)}  {Number(layer.Closeness.MaxDifference),14}  {Number(layer.Closeness.Relative),10}  {Words(layer)}"));
    }

    void Verdict()
    {
        if (comparison.First is { } first)
        {
            var run = new Run();
            run.Add(comparison.Observation);
            var finding = Diagnose.Everything(run).Findings.Single(f => f.Code == "PES911");
            Line($"error[PES911]: {finding.Message}   {finding.EvidenceClass.ToString().ToLowerInvariant()}");
            Line($"   = difference: {(first.Closeness.Note.Length > 0 ? first.Closeness.Note : $"{Size(first)}, where rounding explains {Number(first.Tolerance)}")}");
            foreach (var note in finding.Notes) Line($"   = note: {note}");
            if (comparison.Reason is { } reason)
            {
                Line($"   = confirmed: {reason.Confirmation}");
                Line($"   = help: {reason.Help}");
            }
            else
            {
                Line($"   = reason: {Unexplained(first)}");
                Line($"   = help: {Help(first, finding.Fixes[0])}");
            }
        }
        else if (comparison.Weights.Differs)
        {
            Line("the outputs agree on this input, but the weights differ: on another input the outputs may differ as well");
        }
        else
        {
            var identical = comparison.Layers.Count(l => l.Verdict == Agreement.Identical);
            Line($"all {Count(comparison.Layers.Count)} layers that were paired agree: {Count(identical)} to the last bit, {Count(comparison.Layers.Count - identical)} within rounding; on other inputs nothing was compared");
        }
    }

    string Unexplained(ComparedTensor first) => comparison.FirstWeights.Count > 0
        ? $"not confirmed, but {string.Join(" and ", comparison.FirstWeights.Select(w => w.Path + (w.Note.Length > 0 ? $" ({w.Note})" : "")))} {(comparison.FirstWeights.Count == 1 ? "differs" : "differ")}, and so must what is computed from {(comparison.FirstWeights.Count == 1 ? "it" : "them")}"
        : first.Closeness.Note.Length > 0 ? "not explained; values that cannot be subtracted confirm nothing"
        : "not explained; none of the known reasons makes the outputs agree when it is undone";

    string Help(ComparedTensor first, string otherwise) => comparison.FirstWeights.Count > 0 ? "load the same weights into both and compare again"
        : first.Closeness.Note.StartsWith("shape", StringComparison.Ordinal) ? $"compare the sizes of {first.Path} in both: kernel, stride, padding, units, and the order of axes"
        : otherwise;

    void Only(string side, IReadOnlyList<string> names, string what = "")
    {
        if (names.Count == 0) return;
        Line($"{what}only in {side}: {string.Join(", ", names.Take(MostNames))}{(names.Count > MostNames ? $" and {Count(names.Count - MostNames)} more" : "")}");
    }

    static string Size(ComparedTensor tensor) => tensor.Closeness.Note.Length > 0 ? tensor.Closeness.Note : $"{Number(tensor.Closeness.MaxDifference)} at most, {Number(tensor.Closeness.Relative)} of the largest value";

    static string Name(ComparedTensor layer) => layer.Path == layer.OtherPath || layer.OtherPath.EndsWith(layer.Path, StringComparison.Ordinal) || layer.Path.EndsWith(layer.OtherPath, StringComparison.Ordinal) ? layer.Path : $"{layer.Path} = {layer.OtherPath}";

    static string Shape(ComparedTensor layer) => $"[{string.Join(", ", layer.Shape)}]";

    static string Words(ComparedTensor layer) => layer.Verdict switch
    {
        Agreement.Identical => "bit-identical",
        Agreement.WithinRounding => "within rounding",
        _ => layer.Closeness.Note.Length > 0 ? $"differs: {layer.Closeness.Note}" : "differs",
    };

    static string Number(double value) => double.IsNaN(value) ? "–" : value == 0 ? "0" : value.ToString("0.##e0", CultureInfo.InvariantCulture);

    static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Names come from files: what moves a cursor is not written.</summary>
    void Line(string line) => _text.Append(Display.Clean(line)).Append('\n');
}
