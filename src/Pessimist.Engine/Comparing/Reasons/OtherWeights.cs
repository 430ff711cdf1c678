namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The code is the same, the numbers are not.</summary>
public sealed class OtherWeights : IReason
{
    public string Name => "other-weights";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (changed, aim) in difference.Ways)
        {
            var weights = aim.Own.Where(w => changed.Own.TryGetValue(w.Key, out var own) && own.Shape.AsSpan().SequenceEqual(w.Value.Shape) && !Closeness.Of(own, w.Value).Identical).ToDictionary(w => w.Key, w => w.Value);
            if (weights.Count == 0) continue;
            foreach (var input in difference.InputsOf(changed))
            {
                if (difference.Again(changed, input, weights) is not { } again || !difference.Gives(again, aim.Output)) continue;
                var names = string.Join(" and ", weights.Keys.Select(k => $"{changed.Call.Module}.{k}"));
                return new ConfirmedReason(Name, $"{names} {(weights.Count == 1 ? "has" : "have")} other values in {aim.Name}; the layer itself computes the same",
                    $"with these values of {aim.Name} in {changed.Name}, {Difference.Left(again, aim.Output)}", "load the same weights into both and compare again");
            }
        }

        return null;
    }
}
