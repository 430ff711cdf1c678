namespace Pessimist.Torch.Optim;

/// <summary>The shape of a phase of <see cref="OneCycleLR"/>.</summary>
/// <summary>How a rate goes from one value to another: along half a cosine, or in a straight line.</summary>
public enum Anneal { Cosine, Linear }

/// <summary>Up to the maximum, then far below the start (Smith and Topin 2018), momentum moving the other way.
/// The maximum is the rate of the parameter group; it starts at maximum / <paramref name="DivFactor"/> and ends at that
/// / <paramref name="FinalDivFactor"/>. After the last step the final rate stays (PyTorch throws).</summary>
/// <param name="TotalSteps">Number of steps of the whole cycle.</param>
/// <param name="RisingShare">The share of the steps spent rising (PyTorch: pct_start).</param>
/// <param name="CycleMomentum">Whether momentum (or Adam's first beta) goes from <paramref name="MaxMomentum"/> down to
/// <paramref name="BaseMomentum"/> and back.</param>
/// <param name="ThreePhase">Down to the start symmetrically first, then to the end.</param>
public sealed record OneCycleLR(
    int TotalSteps, double RisingShare = 0.3, Anneal Anneal = Anneal.Cosine, bool CycleMomentum = true, double BaseMomentum = 0.85,
    double MaxMomentum = 0.95, double DivFactor = 25, double FinalDivFactor = 1e4, bool ThreePhase = false) : Schedule
{
    public int TotalSteps { get; } = Require.Positive(TotalSteps);

    public override double RateAt(int step, double initial)
    {
        var start = initial / DivFactor;
        var end = start / FinalDivFactor;
        return At(step, ThreePhase ? [start, initial, start, end] : [start, initial, end]);
    }

    public override double? MomentumAt(int step) =>
        !CycleMomentum ? null : At(step, ThreePhase ? [MaxMomentum, BaseMomentum, MaxMomentum, MaxMomentum] : [MaxMomentum, BaseMomentum, MaxMomentum]);

    double At(int step, ReadOnlySpan<double> values)
    {
        var rising = RisingShare * TotalSteps - 1;
        ReadOnlySpan<double> ends = ThreePhase ? [rising, 2 * rising, TotalSteps - 1] : [rising, TotalSteps - 1];
        double at = Math.Min(step, TotalSteps - 1), begin = 0;
        for (var phase = 0; ; begin = ends[phase++])
            if (at <= ends[phase] || phase == ends.Length - 1)
                return Between(values[phase], values[phase + 1], (at - begin) / (ends[phase] - begin));
    }

    double Between(double from, double to, double share) =>
        Anneal == Anneal.Linear ? from + (to - from) * share : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));
}
