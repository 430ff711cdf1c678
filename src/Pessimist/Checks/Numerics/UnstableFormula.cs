using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Numerics;

/// <summary>PES702 unstable-formula</summary>
public sealed class UnstableFormula(UnstableFormula.Limits limits) : GraphCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES702",
        Name = "unstable-formula",
        Level = Level.Warning,
        Summary = "a formula comes near to a value where it overflows, or has no slope",
        Docs = """
            ## Why it matters
            log(softmax(x)) is right on paper, and minus infinity as soon as a probability rounds to 0. So are a log, a root or a division without an epsilon
            near 0, and an exp of large numbers. They work for a thousand steps, and then do not.

            The traced steps are searched for such operations on the way to the loss; what goes into them was measured.

            ## When it is a false alarm
            Inputs that stay away from the edge are silent, except that the logarithm of a softmax or sigmoid is noted. Near the edge it is a
            warning only while the loss is not finite or does not come down, else a note.

            ## What to do
            `log_softmax`, `logsigmoid`, `logsumexp`, `softplus`, `clamp`, or an epsilon inside of the root and in the divisor.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Distance from 0 of what goes into a log or a root, or divides.</summary>
        [Origin(Origin.Convention, "smaller than any usual epsilon")] public double NearZero { get; init; } = 1e-13;

        /// <summary>Of the largest exponent that the type can hold.</summary>
        [Origin(Origin.Theory, "exp overflows at 88.7 in float32, 11.1 in float16, 709.8 in float64")] public double NearOverflow { get; init; } = 0.9;
    }

    sealed record Danger(OperationSeen Operation, string Message, string Measured, string Limit, string Fix, bool IsNear);

    public override Verdict Conclude()
    {
        if (Graph.Traces.Count == 0) return NoTrace;
        var dangers = Graph.Traces.SelectMany(In).ToArray();
        var worst = dangers.FirstOrDefault(d => d.IsNear) ?? dangers.FirstOrDefault();
        if (worst is null) return Passed("no formula of the traced steps comes near to an edge");
        var at = worst.Operation;
        return Found(Finding(worst.Message + (string.IsNullOrEmpty(at.Module) ? "" : $", in {at.Module}"), EvidenceClass.Suspected, worst.IsNear && HasSymptom ? Level.Warning : Level.Note) with
        {
            Location = At(at.Site, at.Module),
            Evidence = [new($"input of {at.Operation}", worst.Measured, worst.Limit, "theory")],
            Notes = HasSymptom ? [Symptom] : [],
            Fixes = [worst.Fix],
        });
    }

    IEnumerable<Danger> In(OperationTrace trace)
    {
        for (var i = 0; i < trace.Operations.Count; i++)
        {
            var operation = trace.Operations[i];
            // Without gradients it is an evaluation, or the inside of an optimizer, which has epsilons of its own.
            if (!operation.GradientsOn || operation.Inputs is not [var input, ..]) continue;
            var danger = trace.NameAt(i) switch
            {
                "log" or "log2" or "log10" when input.RequiresGrad => Log(trace, i, operation, input),
                "sqrt" or "rsqrt" when input.RequiresGrad && NearZero(input) => new Danger(operation, $"{operation.Operation} comes near to 0, where its slope has no bound",
                    Range(input), Edge, "add an epsilon inside of the root", true),
                "div" or "reciprocal" when Divisor(trace.NameAt(i), operation) is { RequiresGrad: true } divisor && NearZero(divisor) => new Danger(operation, "a division comes near to 0",
                    Range(divisor), Edge, "add an epsilon to the divisor, or leave zeros out", true),
                "exp" or "expm1" or "exp2" when input.Max > limits.NearOverflow * Largest(input.DType) => new Danger(operation, $"{operation.Operation} comes near to overflow",
                    Range(input), Number(Largest(input.DType)), "subtract the maximum first (logsumexp, softmax), or clamp", true),
                "std" or "var" when operation.Outputs is [{ NonFinite: > 0 }, ..] && input.NonFinite is 0 => new Danger(operation, $"the {trace.NameAt(i)} of a single value is NaN",
                    $"shape [{string.Join(", ", input.Shape)}]", "at least 2 values", "take it over an axis with more than one value, or without correction (unbiased=False)", true),
                _ => null,
            };
            if (danger is not null) yield return danger;
        }
    }

    Danger? Log(OperationTrace trace, int position, OperationSeen operation, TensorFacts input)
    {
        var maker = trace.SourceOf(input, position).Maker is { } at ? trace.NameAt(at) : "";
        var near = NearZero(input);
        return maker is "softmax" or "sigmoid" ? new Danger(operation, $"the logarithm of a {maker} is taken, which rounds to 0", Range(input), Edge,
                maker == "softmax" ? "use `log_softmax`, or a loss that takes logits" : "use `logsigmoid`, or a loss that takes logits", near)
            : near ? new Danger(operation, "a logarithm comes near to 0", Range(input), Edge, "keep its input above 0: `clamp`, or an epsilon", true) : null;
    }

    /// <summary>At least 0, and hardly more at the lowest.</summary>
    bool NearZero(TensorFacts tensor) => tensor.Min is { } low && low >= 0 && low < limits.NearZero;

    string Edge => string.Create(CultureInfo.InvariantCulture, $"above {limits.NearZero:0.#e0}");

    static TensorFacts? Divisor(string name, OperationSeen operation) => name == "reciprocal" ? operation.Inputs[0] : operation.Inputs.Count > 1 ? operation.Inputs[1] : null;

    static double Largest(string dtype) => dtype switch { "float16" or "half" => 11.09, "float64" or "double" => 709.78, _ => 88.72 };

    static string Range(TensorFacts tensor) => tensor is { Min: { } low, Max: { } high } ? $"{Number(low)} to {Number(high)}" : "not measured";

    static string Number(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.###e0" : "0.####", CultureInfo.InvariantCulture);
}
