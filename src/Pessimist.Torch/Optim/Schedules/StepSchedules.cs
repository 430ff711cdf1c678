namespace Pessimist.Torch.Optim;

/// <summary>Multiplies the rate by <paramref name="Gamma"/> every <paramref name="StepSize"/> steps.</summary>
public sealed record StepLR(int StepSize, double Gamma = 0.1) : Schedule
{
    public int StepSize { get; } = Require.Positive(StepSize);

    public override double RateAt(int step, double initial) => initial * Math.Pow(Gamma, step / StepSize);
}

/// <summary>Multiplies the rate by <paramref name="Gamma"/> at each milestone; a milestone named twice counts twice.</summary>
public sealed record MultiStepLR(IReadOnlyList<int> Milestones, double Gamma = 0.1) : Schedule
{
    public override double RateAt(int step, double initial) => initial * Math.Pow(Gamma, Milestones.Count(m => m <= step));
}

/// <summary>Multiplies the rate by <paramref name="Gamma"/> at every step.</summary>
public sealed record ExponentialLR(double Gamma) : Schedule
{
    public override double RateAt(int step, double initial) => initial * Math.Pow(Gamma, step);
}

/// <summary>The rate times <paramref name="Factor"/> for the first <paramref name="Steps"/> steps, then the rate itself.</summary>
public sealed record ConstantLR(double Factor = 1.0 / 3, int Steps = 5) : Schedule
{
    public override double RateAt(int step, double initial) => step < Steps ? initial * Factor : initial;
}

/// <summary>Warm-up (or a linear ramp down): the factor goes in a straight line from <paramref name="StartFactor"/> to
/// <paramref name="EndFactor"/> over <paramref name="Steps"/> steps and stays there.</summary>
public sealed record LinearLR(double StartFactor = 1.0 / 3, double EndFactor = 1, int Steps = 5) : Schedule
{
    public int Steps { get; } = Require.Positive(Steps);

    public override double RateAt(int step, double initial) =>
        initial * (StartFactor + (EndFactor - StartFactor) * Math.Min(step, Steps) / Steps);
}
