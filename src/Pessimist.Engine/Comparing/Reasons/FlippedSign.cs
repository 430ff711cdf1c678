namespace Pessimist.Engine.Comparing.Reasons;

public sealed class FlippedSign : IReason
{
    public string Name => "flipped-sign";

    public ConfirmedReason? Confirm(Difference difference)
    {
        var turned = -difference.A.Output;
        return difference.Gives(turned, difference.B.Output)
            ? new ConfirmedReason(Name, $"the output of {difference.Path} has the opposite sign", $"with its sign turned, {Difference.Left(turned, difference.B.Output)}", $"look for a minus sign that one of the two lacks in {difference.Path}")
            : null;
    }
}
