using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The same array flattened with its axes in another order: channels last before a fully connected layer.</summary>
public sealed class FlattenOrder : IReason
{
    public string Name => "flatten-order";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (path, input) in difference.Inputs)
        {
            if (input.Rank is < 3 or > 5) continue;
            if (Order(difference, input, difference.A.Output) is not { } first || Order(difference, input, difference.B.Output) is not { } second || first == second) continue;
            return new ConfirmedReason(Name, $"{difference.Path} flattens its axes in the order ({first}) in {difference.A.Name}, and ({second}) in {difference.B.Name}",
                $"both were computed from {path}, and agree", "transpose to one layout before flattening, or rearrange the columns of the weight behind it");
        }

        return null;
    }

    static string? Order(Difference difference, Tensor input, Tensor output)
    {
        if (output.Rank != 2 || output.Shape[0] != input.Shape[0] || output.Numel != input.Numel) return null;
        foreach (var order in Axes.Orders(input.Rank - 1).Prepend([.. Enumerable.Range(0, input.Rank - 1).Select(i => (long)i)]))
        {
            long[] axes = [0, .. order.Select(i => i + 1)];
            if (difference.Gives(input.Permute(axes).Contiguous().Reshape(output.Shape), output)) return string.Join(", ", axes);
        }

        return null;
    }
}
