using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Numerics;

/// <summary>PES701 non-finite-operation</summary>
public sealed class NonFiniteOperation(NonFiniteOperation.Limits limits) : ProgramCheck(About), IReads<NonFiniteFound>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES701",
        Name = "non-finite-operation",
        Level = Level.Error,
        Summary = "a part of the network makes the first NaN or infinity",
        Explains = ["PES301", "PES401", "PES902"],
        Docs = """
            ## Why it matters
            One NaN spreads to every weight with the next step. The first place that makes one is where to look: a log of 0, a division by 0, an
            exp that overflows, a root at 0.

            ## When it is a false alarm
            Infinities that are masked on purpose (-inf in attention) do not reach the loss, and are not reported. Neither are gradients
            that overflow in half precision when the scaler leaves the step out and the training goes on. When the learning rate, the sign
            or the start is the cause, this finding is folded under it. Values that had grown beyond 1e15 before are not the fault of the operation that
            overflows in the end.

            ## What to do
            Look at the named module and its input at the named step. Clamp, add an epsilon, or use the stable form (log_softmax, logsumexp).
            """,
    };

    public sealed record Limits
    {
        /// <summary>Largest absolute value of what goes in; above it, the values had grown out of bounds before.</summary>
        [Origin(Origin.Theory, "float32 overflows at 3.4e38: near its root, a square overflows")] public double Grown { get; init; } = 1e15;

        /// <summary>Largest absolute value of what goes into an exp that overflows, for which subtracting the maximum first would have been enough.</summary>
        [Origin(Origin.Convention)] public double Sensible { get; init; } = 1e3;
    }

    /// <summary>Operations that have no value, or no slope, at a point that sensible inputs can reach.</summary>
    static readonly string[] s_singular = ["log", "log2", "log10", "log1p", "div", "reciprocal", "sqrt", "rsqrt", "pow", "norm", "linalg_vector_norm", "std", "var", "acos", "asin", "atanh", "logit"];

    static readonly string[] s_consequences = ["PES210", "PES501", "PES502", "PES703"];

    readonly FiniteLosses _losses = new();
    NonFiniteFound? _found;

    public void Read(NonFiniteFound observation)
    {
        // A second run may have found the line that the first did not see.
        if (observation.Spread && (_found is null || _found.Site is null && observation.Site is not null)) _found = observation;
    }

    protected override void OnLoop(LoopEvent observation) => _losses.Read(observation);

    protected override void OnLoss(LossObserved observation) => _losses.Read(observation);

    public override Verdict Conclude()
    {
        if (_found is { } found) return Watched(found);
        if (Vote is null) return _losses.Seen == 0 ? NotEnoughEvidence("no loss was seen")
            : _losses.NotFinite > 0 ? NotEnoughEvidence("the loss is not finite, and nobody looked where that began") : Passed("every loss is finite");
        var origin = Experiments.FirstOrDefault(e => e.Id == "first-non-finite" && e.Cause == Info.Name);
        return origin is null
            ? Attempts.Any(a => a.Losses.Any(l => !double.IsFinite(l))) ? NotEnoughEvidence("the loss is not finite, and nobody looked where that began") : Passed("every loss is finite")
            : Found(Finding(origin.Reading, EvidenceClass.Confirmed) with
            {
                Causes = [new Cause(Info.Name, origin.Probability ?? 0, origin.Id)],
                Fixes = ["look at the input of that module at that step: a log or a root of 0, a division by 0, an exp that overflows"],
            });
    }

    Verdict Watched(NonFiniteFound found)
    {
        if (_losses.Recovered || found.Place == NonFinitePlace.Backward && _losses is { Skips: > 0, NotFinite: 0 })
            return Passed("a value was not finite, and the program got over it");
        if (found.Place == NonFinitePlace.Input) return NotApplicable("the inputs are not finite before any operation");
        if (found.Inputs.Where(i => OperationNames.IsFloating(i.DType)).Select(Size).DefaultIfEmpty().Max() is var size && size > limits.Grown)
            return NotApplicable(string.Create(CultureInfo.InvariantCulture, $"the values had grown to {size:0.#e0} before {found.Operation ?? "an operation"} overflowed: it is not to blame"));
        if (found.Operation is null) return NotEnoughEvidence($"{Words(found.Place)} is not finite, and nobody saw the operation that made it so");

        var what = found.Place == NonFinitePlace.Backward ? $"the backward pass of {found.Operation}" : found.Operation;
        var where = string.IsNullOrEmpty(found.Module) ? "" : $" in {found.Module}";
        var name = OperationNames.Canonical(found.Operation);
        // A log of 0 among sensible values is the fault, whatever else makes it go away; what overflows may be the consequence of steps that are too long.
        var singular = s_singular.Contains(name) || name is "exp" or "expm1" or "exp2" && found.Inputs.All(i => Size(i) < limits.Sensible);
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{what}{where} makes the first {(found.Output is { } o && o.Max is null ? "NaN" : "NaN or infinity")}, at step {found.Step}"),
            singular ? EvidenceClass.Proved : EvidenceClass.Confirmed) with
        {
            Location = At(found.Site, found.Module),
            // What it makes of finite values may be what goes into the network.
            Explains = ["PES702", .. singular ? s_consequences : [], .. found.Inputs.Count > 0 && found.Inputs.All(i => i.NonFinite == 0) ? ["PES106"] : Array.Empty<string>()],
            Evidence = [.. found.Inputs.Select((input, i) => new Evidence($"input {i + 1} of {found.Operation}", Describe(input), "finite", "definition")),
                .. found.Output is { NonFinite: { } bad } output ? [new Evidence("its output", $"{bad} of {output.Count()} elements are not finite", "0", "definition")] : Array.Empty<Evidence>()],
            Fixes = [Remedy(found)],
        });
    }

    /// <summary>Half precision overflows at 65504 by itself; there nothing can be told from the size.</summary>
    static double Size(TensorFacts tensor) => tensor.DType is "float16" or "half" ? 0 : Math.Max(Math.Abs(tensor.Min ?? 0), Math.Abs(tensor.Max ?? 0));

    static string Words(NonFinitePlace place) => place switch
    {
        NonFinitePlace.Forward => "an output",
        NonFinitePlace.Loss => "the loss",
        NonFinitePlace.Backward => "a gradient",
        _ => "a weight",
    };

    static string Describe(TensorFacts tensor)
    {
        var range = tensor is { Min: { } low, Max: { } high } ? string.Create(CultureInfo.InvariantCulture, $", {low:0.###e0} to {high:0.###e0}") : "";
        var role = tensor.Role is { } r ? $"{r}, " : "";
        return $"{role}{tensor.DType} [{string.Join(", ", tensor.Shape)}]{range}";
    }

    static string Remedy(NonFiniteFound found) => (found.Operation, found.Place) switch
    {
        ("log" or "log2" or "log10" or "log1p", _) => "keep its input above 0: `clamp`, an epsilon, or a stable form (log_softmax, logsigmoid, logsumexp)",
        ("exp" or "expm1" or "exp2", _) => "subtract the maximum first, or use a stable form (softmax, logsumexp, softplus)",
        ("div" or "divide" or "true_divide" or "reciprocal", _) => "add an epsilon to the divisor, or leave zeros out",
        ("sqrt" or "rsqrt" or "norm" or "linalg_vector_norm" or "std" or "var", _) => "add an epsilon inside of the root: its slope at 0 is infinite; the spread of one value is NaN",
        ("pow", _) => "keep the base above 0, or the exponent at 1 or more: the slope of a root at 0 is infinite",
        (_, NonFinitePlace.Weights) => "lower the learning rate",
        _ => "look at its input at that step: a log or a root of 0, a division by 0, an exp that overflows, a learning rate that is too high",
    };
}
