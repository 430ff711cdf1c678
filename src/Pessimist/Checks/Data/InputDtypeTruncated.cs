using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES104 input-dtype-truncated</summary>
public sealed class InputDtypeTruncated(InputDtypeTruncated.Limits limits) : Check(About), IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES104",
        Name = "input-dtype-truncated",
        Level = Level.Error,
        Summary = "arithmetic on whole numbers wraps around or cuts off the inputs before the network sees them",
        Explains = ["PES102", "PES904", "PES611"],
        Docs = """
            ## Why it matters
            In uint8, 100 - 128 is 228 and 255 + 1 is 0: dark becomes bright. A division of whole numbers by 255, or a cast of scaled values to whole numbers,
            leaves nothing but 0 and 1. No error is raised, and the network learns from what is left.

            ## How it is told
            In a traced step: an operation on small integers whose exact result does not fit the type; a cast from fractions to at most three whole numbers, or of standardized values to a few;
            a division of whole numbers that leaves 0 nearly everywhere. Its result must go into a layer as values, or be shaped
            like the network's input and turned into fractions.

            ## When it is a false alarm
            Silent are: token ids, categories and indices, whatever is computed from them on the way to an embedding; masks; labels; values rounded to many
            levels, as for quantization; 32 and 64 bits wide integers, which wrap on purpose in hashes.

            ## What to do
            Convert to float before any arithmetic: `x.float() / 255`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of fractions among the values that are cast.</summary>
        [Origin(Origin.Convention)] public double Fractions { get; init; } = 0.1;

        /// <summary>Difference of the largest and the smallest whole number that is left.</summary>
        [Origin(Origin.Convention, "three levels hold next to nothing")] public double Levels { get; init; } = 2;

        /// <summary>As <see cref="Levels"/>, of values around 0 with a deviation of about 1.</summary>
        [Origin(Origin.Convention, "as far as standardized values reach")] public double StandardLevels { get; init; } = 12;

        /// <summary>Share of fractions among these.</summary>
        [Origin(Origin.Convention)] public double StandardFractions { get; init; } = 0.9;

        /// <summary>Share of zeros that a division leaves.</summary>
        [Origin(Origin.Convention)] public double Zeros { get; init; } = 0.95;
    }

    readonly OperationGraph _graph = new();

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public override Verdict Conclude()
    {
        if (_graph.Traces.Count == 0) return NotEnoughEvidence("no step was traced");
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
                if (Loss(trace, i) is { } finding && (ReachesALayer(trace, i) || IsAnInput(trace, i)))
                    return Found(finding);
        return Passed("no input loses its values before the network");
    }

    Finding? Loss(OperationTrace trace, int position)
    {
        var operation = trace.Operations[position];
        if (operation is not { Inputs: [{ } input, ..], Outputs: [{ } output] } || !IsInteger(output.DType)) return null;
        if (operation.Settings.TryGetValue("wrapped", out var wrapped) && wrapped > 0 && IsNarrow(output.DType))
        {
            return Of(operation, $"{operation.Operation} on {output.DType} wraps around: {Percent(wrapped)} of the exact results do not fit",
                new Evidence("elements whose exact result does not fit", Percent(wrapped), "0 %", "definition"));
        }

        if (output is not { Min: { } low, Max: { } high }) return null;
        // argmax, argsort and the like make whole numbers of fractions, and cut nothing off.
        if (OperationNames.IsFloating(input.DType) && !OperationNames.IsCast(trace.NameAt(position)) && !OperationNames.IsIntegerCast(trace.NameAt(position))) return null;
        // Values around 0 with a deviation of about 1 are standardized: nobody makes categories of them by cutting off towards 0.
        if (OperationNames.IsFloating(input.DType) && high - low > limits.Levels && high - low <= limits.StandardLevels
            && input is { Whole: { } cut, Std: > 0.5 and < 2, Mean: > -0.25 and < 0.25, Min: < -1, Max: > 1 } && 1 - cut >= limits.StandardFractions)
        {
            return Of(operation, $"standardized values are cut off to whole numbers: {operation.Operation} leaves {Number(low)}..{Number(high)} of {Number(input.Min)}..{Number(input.Max)}",
                new Evidence("fractions among the values", Percent(1 - cut), Percent(limits.StandardFractions), "convention"), new Evidence("whole numbers left", $"{Number(low)}..{Number(high)}", $"{limits.StandardLevels + 1:0} of them", "convention"));
        }

        if (high - low > limits.Levels) return null;
        if (OperationNames.IsFloating(input.DType))
        {
            return input is not { Whole: { } whole, Std: > 0 } || 1 - whole < limits.Fractions ? null
                : Of(operation, $"fractions are cut off to whole numbers: {operation.Operation} leaves {Number(low)}..{Number(high)} of {Number(input.Min)}..{Number(input.Max)}",
                    new Evidence("fractions among the values", Percent(1 - whole), Percent(limits.Fractions), "convention"), new Evidence("whole numbers left", $"{Number(low)}..{Number(high)}", $"{limits.Levels + 1:0} of them", "convention"));
        }

        // Only a division leaves zeros where there were none: x // 255.
        return trace.NameAt(position) is not ("floor_divide" or "div" or "floordiv") || output.Zeros is not { } zeros || zeros < limits.Zeros || !(input.Zeros < zeros - 0.05) ? null
            : Of(operation, $"a division of whole numbers leaves {Percent(zeros)} zeros", new Evidence("zeros after the division", Percent(zeros), Percent(limits.Zeros), "convention"), new Evidence("zeros before it", Percent(input.Zeros ?? 0)));
    }

    Finding Of(OperationSeen operation, string message, params Evidence[] evidence) => Finding(message, EvidenceClass.Proved) with
    {
        Location = Location.Of(operation.Site, operation.Module),
        Evidence = evidence,
        Fixes = ["convert to float before the arithmetic, as x.float() / 255"],
    };

    /// <summary>The result goes into an operation with weights as values, and not as an index, a mask or a label.</summary>
    static bool ReachesALayer(OperationTrace trace, int position)
    {
        HashSet<int> seen = [position];
        Queue<int> queue = new([position]);
        while (queue.TryDequeue(out var next))
            foreach (var consumer in trace.ConsumersOf(next))
            {
                var name = trace.NameAt(consumer);
                if (name.StartsWith("embedding", StringComparison.Ordinal) || name.EndsWith("_loss", StringComparison.Ordinal) || name.StartsWith("index", StringComparison.Ordinal)
                    || name.StartsWith("masked", StringComparison.Ordinal)
                    || name is "gather" or "scatter" or "take" or "where" or "one_hot" or "eq" or "ne" or "gt" or "ge" or "lt" or "le" or "argmax" or "bincount" or "item" or "sum" && trace.Operations[consumer].Outputs is [{ Shape.Count: 0 }, ..]) continue;
                if (trace.Operations[consumer].Inputs.Any(OperationTrace.IsParameter)) return true;
                if (seen.Add(consumer)) queue.Enqueue(consumer);
            }

        return false;
    }

    /// <summary>Made outside of the network, turned into fractions, and shaped like what the network gets: data that a loader hands out later.</summary>
    static bool IsAnInput(OperationTrace trace, int position)
    {
        var operation = trace.Operations[position];
        if (operation.Module is not null || operation.Outputs is not [{ Shape: { Count: > 1 } shape }]) return false;
        var input = trace.Operations.SelectMany(o => o.Inputs).FirstOrDefault(i => i.Role == "input 0");
        if (input is null || !input.Shape.Skip(1).SequenceEqual(shape.Skip(1))) return false;
        HashSet<int> seen = [position];
        Queue<int> queue = new([position]);
        while (queue.TryDequeue(out var next))
            foreach (var consumer in trace.ConsumersOf(next))
            {
                if (trace.Operations[consumer].Outputs is not [{ } made] || !made.Shape.SequenceEqual(shape)) continue;
                if (OperationNames.IsFloating(made.DType)) return true;
                if (seen.Add(consumer)) queue.Enqueue(consumer);
            }

        return false;
    }

    static bool IsInteger(string dtype) => dtype is "uint8" or "int8" or "int16" or "int32" or "int64";

    static bool IsNarrow(string dtype) => dtype is "uint8" or "int8" or "int16";

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "?";
}
