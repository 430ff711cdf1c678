using System.Globalization;
using System.Text;
using Pessimist.Reporting;
using Pessimist.Text;

namespace Pessimist.Engine.Stepping;

/// <summary>Walks a recorded pass: a command comes in, text goes out. Knows no terminal.</summary>
public sealed class PassWalk
{
    const int ListedAround = 5;
    const int DefaultBins = 12;
    const int MostBins = 100;

    static readonly (string Name, string Short, string Arguments, string What)[] Commands =
    [
        ("next", "n", "[N]", "the next step at this level; a module counts as one"),
        ("into", "i", "", "down into a module; else the next operation"),
        ("out", "o", "", "up to the module around, and past it"),
        ("back", "b", "[N]", "the step before"),
        ("until", "u", "CONDITION", "on to the first step where it holds: nonfinite, failed, backward, op=relu, layer=conv2, shape=32,10, dtype=float64, max>100"),
        ("goto", "g", "NUMBER", "the operation of this number"),
        ("print", "p", "[WHAT] [SLICE]", "values: of the result, or of out1, in0, input, target, a parameter or grad NAME; a slice as in 0,:5"),
        ("hist", "h", "[WHAT]", "how the values spread"),
        ("where", "w", "", "this step again"),
        ("list", "l", "", "the operations around"),
        ("grads", "", "", "the gradient of every parameter"),
        ("help", "?", "", "this"),
        ("quit", "q", "", "ends the walk"),
    ];

    readonly RecordedPass _pass;
    readonly Styles _styles;
    readonly Dictionary<StepNode, int> _order = [];
    StepNode _at;
    string _last = "next";

    public PassWalk(RecordedPass pass, Styles? styles = null)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Nodes.Count == 0) throw new PessimistException("there is nothing to walk through: the network calls no operation");
        (_pass, _styles) = (pass, styles ?? Styles.None);
        foreach (var (i, node) in pass.Nodes.Index()) _order[node] = i;
        _at = pass.Nodes[0];
    }

    /// <summary>The last command was to quit.</summary>
    public bool Done { get; private set; }

    /// <summary>Where the walk stands.</summary>
    public StepNode At => _at;

    /// <summary>The step that the walk stands at.</summary>
    public string Where() => StepText.Whole(_at, _pass.Operations.Count, _styles);

    /// <summary>Carries out one command; nothing repeats the last one that moved.</summary>
    public string Execute(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var words = line.Trim();
        if (words.Length == 0) words = _last;
        var space = words.IndexOf(' ', StringComparison.Ordinal);
        var (word, rest) = space < 0 ? (words, "") : (words[..space], words[(space + 1)..].Trim());
        if (Array.Find(Commands, c => c.Name == word || c.Short.Length > 0 && c.Short == word).Name is not { } name)
            return $"there is no command '{Display.Clean(word)}'{DidYouMean.Suffix(word, Commands.Select(c => c.Name))}; help lists them\n";
        if (name is "next" or "into" or "out" or "back") _last = words;
        try
        {
            return name switch
            {
                "next" => Repeat(rest, Next, "the walk ends here: there is no further step"),
                "into" => Move(Order(_at) + 1 < _pass.Nodes.Count ? _pass.Nodes[Order(_at) + 1] : null, "the walk ends here: there is no further step"),
                "out" => Move(_at.Parent is { } around ? Next(around) ?? around : null, "there is no module around this step"),
                "back" => Repeat(rest, Before, "this is the first step"),
                "until" => Until(rest),
                "goto" => Goto(rest),
                "print" => Print(rest),
                "hist" => Histogram(rest),
                "list" => List(),
                "grads" => Gradients(),
                "help" => Help(),
                "quit" => Quit(),
                _ => Where(),
            };
        }
        catch (PessimistException e)
        {
            return $"{e.Message}{(e.Help is { } help ? $"; {help}" : "")}\n";
        }
    }

    int Order(StepNode node) => _order[node];

    IReadOnlyList<StepNode> Siblings(StepNode node) => node.Parent?.Children ?? _pass.Roots;

    StepNode? Next(StepNode node)
    {
        for (var at = node; at is not null; at = at.Parent)
        {
            var siblings = Siblings(at);
            var index = Index(siblings, at);
            if (index + 1 < siblings.Count) return siblings[index + 1];
        }

        return null;
    }

    StepNode? Before(StepNode node)
    {
        var siblings = Siblings(node);
        var index = Index(siblings, node);
        return index > 0 ? siblings[index - 1] : node.Parent;
    }

    static int Index(IReadOnlyList<StepNode> nodes, StepNode node)
    {
        for (var i = 0; i < nodes.Count; i++)
            if (ReferenceEquals(nodes[i], node)) return i;
        return -1;
    }

    string Repeat(string times, Func<StepNode, StepNode?> move, string otherwise)
    {
        var count = times.Length == 0 ? 1 : Whole(times, "the number of steps");
        StepNode? reached = null;
        for (var i = 0; i < count && move(reached ?? _at) is { } next; i++) reached = next;
        return Move(reached, otherwise);
    }

    string Move(StepNode? to, string otherwise)
    {
        if (to is null) return $"{otherwise}\n";
        _at = to;
        return Where();
    }

    static int Whole(string text, string what) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new PessimistException($"'{text}' is not {what}: a whole number of at least 1");

    string Until(string text)
    {
        if (text.Length == 0) throw new PessimistException("until needs a condition", "for instance until nonfinite, until op=softmax, until layer=conv2, until shape=32,10");
        var condition = StepCondition.Parse(text);
        var later = _pass.Nodes.Skip(Order(_at) + 1);
        if (later.FirstOrDefault(condition.Holds) is { } found) return Move(found, "");
        return _pass.Nodes.Any(condition.Holds) ? $"'{condition.Text}' does not hold from here on; it did before: back or goto\n" : $"{condition.Missed(_pass.Nodes)}\n";
    }

    string Goto(string text)
    {
        var number = Whole(text, "the number of an operation");
        return Move(_pass.Operations.FirstOrDefault(o => o.Number == number), string.Create(CultureInfo.InvariantCulture, $"there is no operation {number}: they go from 1 to {_pass.Operations.Count}"));
    }

    string Print(string text)
    {
        var (tensor, slice) = Find(text);
        if (Missing(tensor) is { } why) return why;
        using var scope = Torch.Scope.New();
        var part = TensorPrint.Slice(tensor.Value!, slice);
        var shown = slice.Length == 0 ? "" : $" [{slice.Trim('[', ']')}] = [{string.Join(", ", part.Shape)}]";
        return $"{StepText.Short(tensor)}{shown}\n{TensorPrint.Values(part)}";
    }

    string Histogram(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var bins = words is [.., var last] && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0 ? given : 0;
        var (tensor, slice) = Find(bins > 0 ? string.Join(' ', words[..^1]) : text);
        if (Missing(tensor) is { } why) return why;
        using var scope = Torch.Scope.New();
        return $"{StepText.Short(tensor)}\n{TensorPrint.Histogram(TensorPrint.Slice(tensor.Value!, slice), Math.Min(MostBins, bins > 0 ? bins : DefaultBins))}";
    }

    static string? Missing(SteppedTensor tensor) =>
        tensor.LetGo ? $"the values of {StepText.Short(tensor)} were let go, as all of them together are more than may be kept: raise --keep\n"
        : tensor.Overwritten ? $"{StepText.Short(tensor)} was overwritten in place by a later operation; its statistics are those of this step\n"
        : tensor.Value is not { IsDisposed: false } ? $"the values of {StepText.Short(tensor)} are not there\n"
        : null;

    /// <summary>What comes first names a tensor, else it is a slice of the result.</summary>
    (SteppedTensor Tensor, string Slice) Find(string text)
    {
        var words = text.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0 || words[0][0] is '[' or ':' or '.' or '-' || char.IsAsciiDigit(words[0][0])) return (Result(), text.Replace(" ", "", StringComparison.Ordinal));
        var isGradient = words[0] == "grad";
        if (isGradient)
        {
            if (words.Length == 1) return (Gradient(Result()), "");
            words = words[1].Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words[0][0] is '[' or ':' or '.' or '-' || char.IsAsciiDigit(words[0][0])) return (Gradient(Result()), string.Concat(words));
        }

        var found = Named(words[0]);
        return (isGradient ? Gradient(found) : found, words.Length > 1 ? words[1].Replace(" ", "", StringComparison.Ordinal) : "");
    }

    SteppedTensor Result() => _at.Outputs.Count > 0 ? _at.Outputs[0] : _at.Inputs.Count > 0 ? _at.Inputs[0] : throw new PessimistException("this step has no tensor to print");

    static SteppedTensor Gradient(SteppedTensor tensor) => tensor.Gradient ?? throw new PessimistException($"the backward pass left no gradient for {tensor.Label}");

    SteppedTensor Named(string name)
    {
        foreach (var (prefix, tensors) in new[] { ("in", _at.Inputs), ("out", _at.Outputs) })
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length > prefix.Length && !char.IsAsciiDigit(name[prefix.Length])) continue;
            var index = name.Length == prefix.Length ? 0 : int.TryParse(name[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : int.MaxValue;
            return index < tensors.Count ? tensors[index] : throw new PessimistException(string.Create(CultureInfo.InvariantCulture, $"this step has {tensors.Count} tensors {(prefix == "in" ? "going in" : "coming out")}, counted from 0"));
        }

        var all = _pass.Nodes.SelectMany(n => n.Inputs.Concat(n.Outputs)).Concat(_pass.Parameters.Select(p => p.Parameter)).Where(t => t.Label != "constant");
        return all.FirstOrDefault(t => t.Label == name) ?? throw new PessimistException($"there is no tensor '{Display.Clean(name)}'{DidYouMean.Suffix(name, all.Select(t => t.Label).Distinct())}",
            "use out, in0, input, target, #3 for the result of operation 3, a parameter such as those that grads lists, or grad before any of these");
    }

    string List()
    {
        var text = new StringBuilder();
        var here = 0;
        while (here + 1 < _pass.Operations.Count && _pass.Operations[here].Number < _at.Number) here++;
        for (var i = Math.Max(0, here - ListedAround); i < Math.Min(_pass.Operations.Count, here + ListedAround + 1); i++)
            text.Append(i == here ? "> " : "  ").Append(StepText.Line(_pass.Operations[i], _styles)).Append('\n');
        return text.ToString();
    }

    string Gradients()
    {
        if (_pass.Parameters.Count == 0) return "the network has no parameters\n";
        var text = new StringBuilder();
        foreach (var (name, parameter) in _pass.Parameters)
            text.Append(CultureInfo.InvariantCulture, $"  {Display.Clean(name),-36} {(parameter.Gradient is { } gradient ? StepText.Statistics(gradient.Facts, _styles, spread: true) : _styles.Warning(parameter.Facts.RequiresGrad ? "no gradient" : "frozen"))}\n");
        return text.ToString();
    }

    static string Help() => string.Concat(Commands.Select(c => $"  {$"{c.Name}{(c.Short.Length > 0 ? $", {c.Short}" : "")} {c.Arguments}",-28} {c.What}\n")) + "  an empty line repeats the last move\n";

    string Quit()
    {
        Done = true;
        return "";
    }
}
