using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>One side puts an activation behind the layer, the other does not.</summary>
public sealed class MissingActivation : IReason
{
    public string Name => "missing-activation";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (bare, active) in difference.Ways)
        {
            if (!bare.Output.DType.IsFloatingPoint()) continue;
            foreach (var (name, activation) in Candidates(bare.Output))
            {
                if (Difference.Try(() => activation(bare.Output)) is not { } activated || !difference.Gives(activated, active.Output)) continue;
                return new ConfirmedReason(Name, $"{active.Name} has {name} in {active.Call.Path}, and {bare.Name} has not",
                    $"with {name} put behind {bare.Call.Path} of {bare.Name}, {Difference.Left(activated, active.Output)}",
                    $"add the activation in {bare.Name}, or leave it out of {active.Name}; a layer behind this one may still hold it");
            }
        }

        return null;
    }

    static IEnumerable<(string Name, Func<Tensor, Tensor> Apply)> Candidates(Tensor output)
    {
        foreach (var activation in ActivationFunctions.All) yield return activation;
        for (var i = output.Rank - 1; i >= 0; i--)
        {
            var dimension = i;
            yield return (FormattableString.Invariant($"softmax over dimension {dimension}"), x => Functional.Softmax(x, dimension));
            yield return (FormattableString.Invariant($"log-softmax over dimension {dimension}"), x => Functional.LogSoftmax(x, dimension));
        }
    }
}
