using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>One side adds a bias, the other does not.</summary>
public sealed class MissingBias : IReason
{
    public string Name => "missing-bias";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (with, without) in difference.Ways)
        {
            var biases = with.Own.Where(w => w.Key.StartsWith("bias", StringComparison.Ordinal)).ToDictionary(w => w.Key, w => w.Value.ZerosLike());
            if (biases.Count == 0) continue;
            foreach (var left in Without(difference, with, biases))
            {
                if (!difference.Gives(left, without.Output)) continue;
                return new ConfirmedReason(Name, $"{with.Name} adds the bias of {with.Call.Path}, and {without.Name} does not", $"without the bias in {with.Name}, {Difference.Left(left, without.Output)}",
                    $"add the bias in {without.Name}, or load it");
            }
        }

        return null;
    }

    static IEnumerable<Tensor> Without(Difference difference, DifferingSide with, Dictionary<string, Tensor> zeros)
    {
        foreach (var input in difference.InputsOf(with))
            if (difference.Again(with, input, zeros) is { } again) yield return again;
        if (!with.Own.TryGetValue("bias", out var bias)) yield break;
        for (var axis = 1; axis < with.Output.Rank; axis++)
        {
            if (with.Output.Shape[axis] != bias.Numel) continue;
            var shape = new long[with.Output.Rank];
            Array.Fill(shape, 1);
            shape[axis] = bias.Numel;
            yield return with.Output - bias.Reshape(shape);
        }
    }
}
