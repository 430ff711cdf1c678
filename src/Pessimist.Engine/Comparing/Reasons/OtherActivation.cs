namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Two activations of the same input.</summary>
public sealed class OtherActivation : IReason
{
    public string Name => "other-activation";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (path, input) in difference.Inputs)
        {
            string[] firsts = ActivationFunctions.Of(difference, input, difference.A.Output), seconds = ActivationFunctions.Of(difference, input, difference.B.Output);
            if (firsts.Length == 0 || seconds.Length == 0 || firsts.Intersect(seconds).Any()) continue;
            var (first, second) = (string.Join(" or ", firsts), string.Join(" or ", seconds));
            return new ConfirmedReason(Name, $"{difference.Path} is {first} in {difference.A.Name} and {second} in {difference.B.Name}",
                $"{first} of {path} gives the output of {difference.A.Name}, and {second} that of {difference.B.Name}", "take the same activation in both");
        }

        return null;
    }
}
