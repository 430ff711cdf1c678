using System.Globalization;
using System.Text;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Reporting;

namespace Pessimist.Engine.Stepping;

/// <summary>Steps as lines.</summary>
public static class StepText
{
    const int LayerWidth = 18;
    const int NameWidth = 20;
    const int LabelWidth = 36;

    /// <summary>One line for one operation: number, phase, layer, operation, inputs, result, and what the result looks like.</summary>
    public static string Line(StepNode node, Styles styles)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(styles);
        var inputs = node.Inputs.Count == 0 && node.Phase == StepPhase.Backward ? "unknown" : string.Join(", ", node.Inputs.Select(Short));
        var head = string.Create(CultureInfo.InvariantCulture, $"{node.Number,4} {Phase(node),-8} {Clean(node.Layer),-LayerWidth} ");
        var name = Clean(node.Name).PadRight(NameWidth);
        if (node.Error is { } error) return $"{head}{styles.Strong(name)} {inputs} -> {styles.Error($"failed: {Clean(error)}")}";
        var outputs = string.Join(", ", node.Outputs.Select(Short));
        var facts = node.Outputs.Count > 0 ? Statistics(node.Outputs[0].Facts with { NonFinite = NonFinite(node) }, styles) : "";
        var note = node.Note is { } said ? $"  {styles.Warning(said)}" : "";
        return $"{head}{styles.Strong(name)} {inputs} -> {(outputs.Length > 0 ? outputs : node.Note is null ? "nothing" : "unknown")}  {facts}{note}".TrimEnd();
    }

    // Of all results: a line has room for the spread of one.
    static long? NonFinite(StepNode node) => node.Outputs.Any(o => o.Facts.NonFinite is null) ? null : node.Outputs.Sum(o => o.Facts.NonFinite);

    /// <summary>Everything about a step, on lines of its own.</summary>
    public static string Whole(StepNode node, int operations, Styles styles)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(styles);
        var text = new StringBuilder();
        var number = node.IsModule && node.Last != node.Number ? $"{Text(node.Number)}-{Text(node.Last)}" : Text(node.Number);
        var where = node.Layer.Length > 0 ? Clean(node.Layer) : node.IsModule ? "(network)" : "";
        text.Append(CultureInfo.InvariantCulture, $"{number}/{operations}  {Phase(node)}  {styles.Note(where)}{(where.Length > 0 ? "  " : "")}{styles.Strong(Clean(node.Name))}");
        if (node.Settings.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {node.Settings}");
        if (Site(node) is { } site) text.Append(CultureInfo.InvariantCulture, $"  {styles.Faint($"made at {site}")}");
        text.Append('\n');
        Tensors(text, "in ", node.Inputs, styles);
        Tensors(text, "out", node.Outputs, styles);
        if (node.Error is { } error) text.Append("  ").Append(styles.Error($"failed: {Clean(error)}")).Append('\n');
        if (node.Note is { } note) text.Append("  ").Append(styles.Warning(note)).Append('\n');
        if (node.IsModule) text.Append(styles.Faint(node.Children.Count == 0 ? "  nothing inside" : $"  {Words.Count(Math.Max(0, node.Last - node.Number + 1), "operation")} inside: into")).Append('\n');
        return text.ToString();
    }

    static void Tensors(StringBuilder text, string title, IReadOnlyList<SteppedTensor> tensors, Styles styles)
    {
        for (var i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            text.Append(CultureInfo.InvariantCulture, $"  {(i == 0 ? title : "   ")} {Short(tensor).PadRight(LabelWidth)}  {Statistics(tensor.Facts, styles, spread: true)}{(tensor.LetGo ? styles.Faint("  values let go") : "")}\n");
        }
    }

    /// <summary><c>conv1.weight float32[6, 1, 5, 5]</c>.</summary>
    public static string Short(SteppedTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return $"{Clean(tensor.Label)} {tensor.Facts.DType}[{string.Join(", ", tensor.Facts.Shape)}]";
    }

    /// <param name="spread">Also standard deviation and zeros.</param>
    public static string Statistics(TensorFacts facts, Styles styles, bool spread = false)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(styles);
        if (facts.NonFinite is not { } bad) return facts.Count() == 0 ? "empty" : "not measured";
        var finite = facts.Mean is null ? "no finite value" : spread
            ? $"min {Number(facts.Min)}  mean {Number(facts.Mean)}  max {Number(facts.Max)}  std {Number(facts.Std)}  zeros {(100 * (facts.Zeros ?? 0)).ToString("0.#", CultureInfo.InvariantCulture)} %"
            : $"min {Number(facts.Min)}  mean {Number(facts.Mean)}  max {Number(facts.Max)}";
        var count = $"NaN/Inf {bad.ToString(CultureInfo.InvariantCulture)}";
        return $"{finite}  {(bad > 0 ? styles.Error(count) : count)}";
    }

    public static string? Site(StepNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        for (var at = node; at is not null; at = at.Parent)
            if (at.Site is { } site) return site;
            else if (at.IsModule) return null;
        return null;
    }

    internal static string Phase(StepNode node) => node.Phase.ToString().ToLowerInvariant();

    internal static string Number(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";

    // Names and messages may come from a file.
    static string Clean(string text) => Display.Clean(text.Replace('\n', ' '));

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
