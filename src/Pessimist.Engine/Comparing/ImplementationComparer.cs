using Pessimist.Text;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>Runs two implementations on one input and finds the first layer that differs, and why.</summary>
public static class ImplementationComparer
{
    /// <param name="a">The one to be judged.</param>
    /// <param name="b">The reference.</param>
    /// <param name="input">For those that can be run; null takes what a recording was made with.</param>
    /// <param name="inputWords">What the input is.</param>
    /// <exception cref="PessimistException">They cannot be compared: another input, nothing in common, a network that does not take the input.</exception>
    public static ImplementationComparison Compare(Implementation a, Implementation b, Tensor? input, string inputWords)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var notes = new List<string>();
        var fed = input ?? a.RecordedInput ?? b.RecordedInput;
        if (fed is null && a.CanRun && b.CanRun) throw new PessimistException($"nothing says what {a.Name} and {b.Name} are to be run on", "give the shape of an input, as --shape 8x3x32x32, or a file with --input");
        if (fed is null && (a.CanRun || b.CanRun))
            throw new PessimistException($"{(a.CanRun ? b.Name : a.Name)} has no array 'input', so {(a.CanRun ? a.Name : b.Name)} cannot be run on what it was recorded with", "record the input under the name 'input', or give it with --input FILE");
        if (fed is not null && !fed.DType.IsFloatingPoint()) (fed, _) = (fed.To(DType.Float32), Add(notes, "the input holds whole numbers and was fed as float32"));
        if (fed is not null && !Closeness.Finite(fed)) notes.Add("the input holds values that are not finite (NaN or infinity): what follows from them is compared as well");

        foreach (var side in new[] { a, b })
            if (input is not null && side.RecordedInput is { } recorded && !Closeness.Of(input, recorded).Within(Rounding.Of(input, recorded).First))
                throw new PessimistException($"{side.Name} was recorded with another input than {inputWords}", "leave --input and --shape out: the recorded input is used");

        var weights = WeightComparer.Compare(a, b);
        var (first, second) = (Run(a, fed), Run(b, fed));
        var pairing = LayerPairing.Of(first, second);
        if (pairing.Pairs.Count == 0)
            throw new PessimistException($"no layer of {a.Name} has a partner in {b.Name}: neither a name nor a shape is the same", $"{a.Name} has {DidYouMean.List(first.Select(c => c.Path), 6)}; {b.Name} has {DidYouMean.List(second.Select(c => c.Path), 6)}");
        notes.AddRange(pairing.Hints);

        var layers = new List<ComparedTensor>();
        var before = new List<(string, Tensor)>();
        ConfirmedReason? reason = null;
        var (worst, found) = (0.0, false);
        var containers = LayerPairing.Containers(first);
        // The inputs come first: who feeds something else has no mistake in a layer.
        (LayerCall A, LayerCall B)[] pairs = [.. Inputs(a, b, input), .. pairing.Pairs];
        foreach (var (x, y) in pairs)
        {
            var rounding = Rounding.Of(x.Output, y.Output);
            var compared = new ComparedTensor(x.Path, y.Path, x.Output.Shape, Closeness.Of(x.Output, y.Output), rounding.After(worst)) { IsContainer = containers.Contains(x.Module) };
            layers.Add(compared);
            if (!compared.Differs)
            {
                worst = Math.Max(worst, compared.Closeness.Relative);
                before.Insert(0, (x.Path == InputPath ? InputWords : $"the output of {x.Path}", x.Output));
            }
            else if (!found)
            {
                found = true;
                var known = fed is null || x.Path == InputPath || before.Any(e => e.Item1 == InputWords) ? before : [.. before, (InputWords, fed)];
                var difference = new Difference(
                    new DifferingSide(a.Name, x, Own(a, x)) { Earlier = Alone(first, x, pairing.OnlyA) },
                    new DifferingSide(b.Name, y, Own(b, y)) { Earlier = Alone(second, y, pairing.OnlyB) }, known, compared.Tolerance);
                reason = ReasonCatalog.Explain(difference);
                if (reason is null && compared.Closeness.Note.Length == 0 && !Difference.Telling(y.Output))
                    notes.Add($"{x.Path} holds too few different values to confirm a reason from: feed more examples, or more varied ones");
            }
        }

        foreach (var side in new[] { a, b })
            if (found && side is ModuleImplementation { KeepsItsMode: true }) notes.Add($"{side.Name} was traced or frozen: it computes in the mode it was written in, and eval() does not reach it");
        if (layers.Any(l => !l.Differs && HoldsNaN(pairs, l))) notes.Add("both hold NaN or infinity at the same places: they agree, and are wrong");
        return new ImplementationComparison
        {
            A = a.Name,
            B = b.Name,
            Input = inputWords,
            Pairing = pairing.How,
            Weights = weights,
            Layers = layers,
            OnlyA = pairing.OnlyA,
            OnlyB = pairing.OnlyB,
            Reason = reason,
            Notes = notes,
        };
    }

    const string InputPath = "input";
    const string InputWords = "the input of the network";

    /// <summary>What one side alone put out before the layer, the latest first.</summary>
    static (string, Tensor)[] Alone(IReadOnlyList<LayerCall> calls, LayerCall until, IReadOnlyList<string> names) =>
        [.. calls.TakeWhile(c => !ReferenceEquals(c, until)).Where(c => names.Contains(c.Path)).Reverse().Select(c => ($"the output of {c.Path}", c.Output))];

    static int Add(List<string> notes, string note)
    {
        notes.Add(note);
        return notes.Count;
    }

    static IEnumerable<(LayerCall A, LayerCall B)> Inputs(Implementation a, Implementation b, Tensor? input)
    {
        var (x, y) = (a.CanRun ? input : a.RecordedInput, b.CanRun ? input : b.RecordedInput);
        if (x is not null && y is not null && !ReferenceEquals(x, y)) yield return (new LayerCall(InputPath, x), new LayerCall(InputPath, y));
    }

    static bool HoldsNaN((LayerCall A, LayerCall B)[] pairs, ComparedTensor layer)
    {
        using var scope = Scope.New();
        return !Closeness.Finite(pairs.First(p => p.A.Path == layer.Path).A.Output.To(DType.Float64));
    }

    static IReadOnlyList<LayerCall> Run(Implementation implementation, Tensor? input)
    {
        try
        {
            return implementation.Run(input);
        }
        catch (TorchException e)
        {
            throw new PessimistException($"{implementation.Name} cannot be run on an input of {Closeness.Shape(input!)}: {e.Message}", "give an input of the shape that the network takes: examples first, [N, channels, height, width] for pictures", e);
        }
    }

    /// <summary>Parameters and buffers of one layer, by their short names.</summary>
    static Dictionary<string, Tensor> Own(Implementation implementation, LayerCall call)
    {
        var prefix = call.Path == LayerCall.Whole ? "" : call.Module + ".";
        return implementation.Weights.Where(w => w.Key.StartsWith(prefix, StringComparison.Ordinal) && !w.Key[prefix.Length..].Contains('.', StringComparison.Ordinal))
            .ToDictionary(w => w.Key[prefix.Length..], w => w.Value, StringComparer.Ordinal);
    }
}
