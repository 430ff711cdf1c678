using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Both layers compute the same, and are fed with different values: what lies before them, and is no layer itself, differs.</summary>
public sealed class InputsDiffer : IReason
{
    static readonly Dictionary<string, Tensor> s_none = [];

    static readonly IReason[] s_relations = [new FlippedSign(), new MissingActivation(), new SwappedAxes(), new PermutedChannels(), new MissingSum(), new ScaledAndShifted()];

    public string Name => "inputs-differ";

    public ConfirmedReason? Confirm(Difference difference)
    {
        if (difference.A.Call.Input is not { } first || difference.B.Call.Input is not { } second || Closeness.Of(first, second).Within(difference.Tolerance)) return null;
        foreach (var (run, aim) in difference.Ways)
        {
            if (difference.Again(run, aim.Call.Input!, s_none) is not { } again || !difference.Gives(again, aim.Output)) continue;
            var inputs = new Difference(Side(difference.A, first), Side(difference.B, second), difference.Before, difference.Tolerance);
            var relation = s_relations.Select(r => r.Confirm(inputs)).FirstOrDefault(r => r is not null);
            return new ConfirmedReason(Name, $"{difference.Path} itself computes the same, but {(relation is null ? "is fed with other values" : relation.Fact)}",
                $"with the input that {aim.Name} feeds it, {difference.Path} of {run.Name} gives the output of {aim.Name}: {Difference.Left(again, aim.Output)}",
                $"look at what is computed between {(difference.Before.Count > 0 ? difference.Before[0].Words : "the input")} and {difference.Path}");
        }

        return null;
    }

    static DifferingSide Side(DifferingSide side, Tensor input) => new(side.Name, new LayerCall($"what is fed to {side.Call.Path}", input), new Dictionary<string, Tensor>());
}
