namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Channels last for channels first, time first for batch first.</summary>
public sealed class SwappedAxes : IReason
{
    public string Name => "swapped-axes";

    public ConfirmedReason? Confirm(Difference difference)
    {
        var (a, b) = (difference.A.Output, difference.B.Output);
        if (a.Rank != b.Rank || a.Rank is < 2 or > 5) return null;
        foreach (var order in Axes.Orders(a.Rank))
        {
            if (!order.Select(i => a.Shape[i]).SequenceEqual(b.Shape)) continue;
            var turned = a.Permute(order);
            if (!difference.Gives(turned, b)) continue;
            return new ConfirmedReason(Name, $"the output of {difference.Path} has its axes in another order", $"with the axes of {difference.A.Name} in the order ({string.Join(", ", order)}), {Difference.Left(turned, b)}",
                "use one layout in both, or transpose what was recorded before it is saved");
        }

        return null;
    }
}
