using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>A skip connection that one side lacks.</summary>
public sealed class MissingSum : IReason
{
    public string Name => "missing-sum";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (without, with) in difference.Ways)
        {
            if (!without.Output.DType.IsFloatingPoint()) continue;
            foreach (var (path, value) in difference.Earlier)
            {
                if (!value.Shape.AsSpan().SequenceEqual(without.Output.Shape) || !Difference.Telling(value)) continue;
                var sum = without.Output + value;
                if (!difference.Gives(sum, with.Output)) continue;
                return new ConfirmedReason(Name, $"{with.Name} adds {path} to the output of {with.Call.Path}, and {without.Name} does not", $"with {path} added in {without.Name}, {Difference.Left(sum, with.Output)}",
                    $"add the skip connection in {without.Name}");
            }
        }

        return null;
    }
}
