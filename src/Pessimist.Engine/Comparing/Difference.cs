using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>One of the two implementations at the first layer that differs.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="Own">Parameters and buffers of the layer by their short names; empty where they are not known.</param>
public sealed record DifferingSide(string Name, LayerCall Call, IReadOnlyDictionary<string, Tensor> Own)
{
    public Tensor Output => Call.Output;

    /// <summary>What this side alone has before the layer, the latest first.</summary>
    public IReadOnlyList<(string Words, Tensor Value)> Earlier { get; init; } = [];
}

/// <summary>The first layer that differs, with what is known around it: all that a reason may be confirmed from.</summary>
public sealed class Difference(DifferingSide a, DifferingSide b, IReadOnlyList<(string Words, Tensor Value)> before, double tolerance)
{
    /// <summary>By fewer values a formula is hit by chance.</summary>
    public const int FewestValues = 8;

    const int MostInputs = 12;
    const int MostEarlier = 40;

    readonly Dictionary<DifferingSide, LayerFormula?> _formulas = new(ReferenceEqualityComparer.Instance);

    public DifferingSide A => a;

    public DifferingSide B => b;

    /// <summary>What agrees in both, the latest first; the network's input is the last.</summary>
    public IReadOnlyList<(string Words, Tensor Value)> Before => before;

    /// <summary>As a share of the scale.</summary>
    public double Tolerance => tolerance;

    public string Path => a.Call.Path;

    /// <summary>The class of the layer, where one side knows it.</summary>
    public string? Type => a.Call.Type ?? b.Call.Type;

    /// <summary>A against B, and B against A: the first is changed so that it gives the second.</summary>
    public IEnumerable<(DifferingSide Changed, DifferingSide Aim)> Ways => [(a, b), (b, a)];

    /// <summary>What the layer may have been called with: its own input where that was seen, and all that agrees before it.</summary>
    public IEnumerable<(string Words, Tensor Value)> Inputs
    {
        get
        {
            foreach (var side in new[] { a, b })
                if (side.Call.Input is { } input) yield return ($"the input of {side.Call.Path}", input);
            foreach (var earlier in Earlier.Take(MostInputs)) yield return earlier;
        }
    }

    /// <summary>Whether a recomputed output is the wanted one, as near as rounding allows, and says something.</summary>
    public bool Gives(Tensor candidate, Tensor wanted) => Telling(wanted) && Closeness.Of(candidate, wanted).Within(tolerance);

    /// <summary>Enough different values, all finite.</summary>
    public static bool Telling(Tensor values)
    {
        if (values.Numel < FewestValues || !values.DType.IsFloatingPoint()) return false;
        using var scope = Scope.New();
        var wide = values.To(Device.Cpu, DType.Float64);
        return Closeness.Finite(wide) && wide.Reshape(-1).Unique().Values.Numel >= FewestValues;
    }

    /// <summary>What a formula gives; null where the shapes do not fit it.</summary>
    public static Tensor? Try(Func<Tensor> formula)
    {
        try
        {
            return formula();
        }
        catch (TorchException)
        {
            return null;
        }
    }

    /// <summary>
    /// The layer of one side once more, with another input and some of its own parameters replaced: by running it, or where only its weight was
    /// recorded, as the layer that it is shown to be. Null where neither can be done.
    /// </summary>
    public Tensor? Again(DifferingSide side, Tensor input, IReadOnlyDictionary<string, Tensor> replaced)
    {
        if (side.Call.Again is { } run) return Try(() => run(input, replaced));
        if (!_formulas.TryGetValue(side, out var formula)) _formulas[side] = formula = LayerFormula.Of(side, InputsOf(side));
        return formula is null ? null : Try(() => formula.Compute(input, replaced));
    }

    /// <summary>What the layer of this side is known, or can be taken, to have been called with.</summary>
    public IEnumerable<Tensor> InputsOf(DifferingSide side)
    {
        if (side.Call.Input is { } own) return [own];
        if (_formulas.TryGetValue(side, out var formula) && formula is not null) return [formula.Input];
        return before.Select(e => e.Value).Concat(side.Earlier.Select(e => e.Value)).Take(MostInputs);
    }

    /// <summary>All that is known to have been computed before, on either side.</summary>
    public IEnumerable<(string Words, Tensor Value)> Earlier => before.Concat(a.Earlier).Concat(b.Earlier).Take(MostEarlier);

    /// <summary>The largest difference as a share of the scale, in words.</summary>
    public static string Left(Tensor candidate, Tensor wanted) => Words(Closeness.Of(candidate, wanted));

    internal static string Words(Closeness closeness) => closeness.Identical || closeness.MaxDifference == 0 ? "not a bit of difference is left"
        : FormattableString.Invariant($"{closeness.Relative:0.#e0} of the largest value is left");
}
