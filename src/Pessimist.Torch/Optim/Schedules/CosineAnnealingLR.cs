namespace Pessimist.Torch.Optim;

/// <summary>Half a cosine from the initial rate down to <paramref name="Minimum"/> in <paramref name="Steps"/> steps
/// (Loshchilov and Hutter 2017, equation 5, without restarts). After that the cosine goes up again, as in PyTorch.</summary>
public sealed record CosineAnnealingLR(int Steps, double Minimum = 0) : Schedule
{
    public int Steps { get; } = Require.Positive(Steps);

    public override double RateAt(int step, double initial) =>
        Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * step / Steps)) / 2;
}
