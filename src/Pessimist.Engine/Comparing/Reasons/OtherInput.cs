using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The layer computes the same of something else: a layer before it is left out, or an activation stands before it.</summary>
public sealed class OtherInput : IReason
{
    static readonly Dictionary<string, Tensor> s_none = [];

    public string Name => "other-input";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (run, aim) in difference.Ways)
        {
            foreach (var (words, input) in Candidates(difference, run))
            {
                if (difference.Again(run, input, s_none) is not { } again || !difference.Gives(again, aim.Output)) continue;
                return new ConfirmedReason(Name, $"{aim.Call.Path} of {aim.Name} is fed with {words}, and not with what {run.Name} feeds it", $"with that input in {run.Name}, {Difference.Left(again, aim.Output)}",
                    "look at what lies between these layers: something is left out, or stands there twice, in one of the two");
            }
        }

        return null;
    }

    static IEnumerable<(string Words, Tensor Input)> Candidates(Difference difference, DifferingSide run)
    {
        foreach (var (path, value) in difference.Earlier) yield return (path, value);
        if (difference.InputsOf(run).FirstOrDefault() is not { } own || !own.DType.IsFloatingPoint()) yield break;
        foreach (var (name, activation) in ActivationFunctions.All) yield return ($"the {name} of its input", activation(own));
        yield return ("its input with the sign turned", -own);
        if (own.Rank > 2)
            foreach (var order in Axes.Orders(own.Rank))
                yield return ($"its input with the axes in the order ({string.Join(", ", order)})", own.Permute(order).Contiguous());
    }
}
