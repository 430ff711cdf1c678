namespace Pessimist.Experiments;

/// <summary>
/// A training program on one frozen batch. Every call starts afresh: new weights from the seed, a new optimizer; no call leaves a trace in another.
/// </summary>
public interface ISubject
{
    SubjectFacts Facts { get; }

    /// <summary>Trials that may run at the same time.</summary>
    int AtOnce => 1;

    /// <summary>Interventions that it cannot make are reported as such, and never silently left out.</summary>
    bool Supports(Intervention intervention);

    /// <summary>Trains on the frozen batch.</summary>
    Trial Run(TrialRequest request);

    /// <summary>Takes the program's own first update d (0 steps of training before it) and looks along it; null when the program cannot be stopped there.</summary>
    DirectionProbe? Probe(Recipe recipe, int seed);

    /// <summary>Compares the gradient that backward computes with finite differences, in float64; null when the program cannot be stopped there.</summary>
    GradientComparison? CompareGradients(int seed) => null;
}

/// <summary>What the program does unless an intervention changes it, and what the common defaults would be. Null where it cannot be known.</summary>
public sealed record SubjectFacts
{
    public double? LearningRate { get; init; }

    /// <summary>A sensible rate for this optimizer.</summary>
    public double DefaultLearningRate { get; init; } = 3e-4;
    public string Optimizer { get; init; } = "Adam";

    /// <summary>The factor on the loss before the backward pass; null when it cannot be known.</summary>
    public double? LossFactor { get; init; }
    public double? WeightDecay { get; init; }
    public double? Dropout { get; init; }

    /// <summary>Name of the initialization when it is not the layers' default, e.g. <c>normal:1</c>; null for the default.</summary>
    public string? Initialization { get; init; }

    /// <summary>False when the inputs are fed as they are although they could be normalized; null when nothing is known.</summary>
    public bool? Normalized { get; init; }

    /// <summary>Name of the floating-point type, e.g. <c>float32</c>.</summary>
    public string Precision { get; init; } = "float32";
    public bool Classification { get; init; }

    /// <summary>The loss of a network that knows nothing: ln K, or the variance of the batch's targets. 0 when unknown.</summary>
    public double KnowNothingLoss { get; init; }

    /// <summary>In words, e.g. <c>ln 10</c>.</summary>
    public string KnowNothingAs { get; init; } = "";
    public int BatchSize { get; init; }

    /// <summary>Names of the batch's examples, for people; empty when they have none.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
    public BatchFloor Floor { get; init; } = BatchFloor.Zero;

    /// <summary>False for a loss that says nothing by its height (hand-written, a bound, a policy's): then only NaN and infinity are symptoms.</summary>
    public bool FloorKnown { get; init; } = true;

    /// <summary>What looks wrong in the program's own step, each with what undoes it; undoing decides.</summary>
    public IReadOnlyList<Deviation> Suspicions { get; init; } = [];
}

/// <summary>One training from a fresh start.</summary>
public sealed record TrialRequest
{
    public Recipe Recipe { get; init; } = Recipe.AsIs;
    public required int Seed { get; init; }

    /// <summary>Most steps to take; 0 measures the untrained network.</summary>
    public required int Steps { get; init; }

    /// <summary>
    /// Asked every so many steps with the losses so far and the share of wrong examples (null for regression): false ends the trial.
    /// A subject that cannot ask takes all steps.
    /// </summary>
    public Func<IReadOnlyList<double>, double?, bool>? GoOn { get; init; }

    /// <summary>Also record what costs extra: gradients and updates per parameter over the first 20 steps.</summary>
    public bool Detailed { get; init; }

    public CancellationToken Cancel { get; init; }
}

/// <summary>What one trial showed.</summary>
public sealed record Trial
{
    /// <summary>Mean loss (the task's own, not its negative, without penalties) before each step; one more at the end when the trial ended in time.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Share of wrong examples at the end, 0 to 1; null for regression.</summary>
    public double? FinalError { get; init; }

    /// <summary>Of inputs and targets as the network got them; empty when unknown.</summary>
    public string FirstHash { get; init; } = "";
    public string LastHash { get; init; } = "";

    /// <summary>Root mean square of the outputs of the untrained network.</summary>
    public double OutputScale { get; init; }

    /// <summary>Mean and standard deviation of the inputs as the network got them.</summary>
    public double InputMean { get; init; }
    public double InputStd { get; init; } = 1;

    /// <summary>Where the first NaN or infinity came from, when there was one.</summary>
    public NonFiniteOrigin? FirstNonFinite { get; init; }

    /// <summary>One per parameter, in order of the network; empty unless detailed.</summary>
    public IReadOnlyList<ParameterTrace> Parameters { get; init; } = [];

    /// <summary>2-norms at the end of the detailed steps: of the gradient of the loss, and of the weight decay's pull (decay times weights).</summary>
    public double? DataGradientNorm { get; init; }
    public double? PenaltyGradientNorm { get; init; }

    /// <summary>Loss of each example at the end; empty when unknown.</summary>
    public IReadOnlyList<double> SampleLosses { get; init; } = [];

    /// <summary>Loss at the end in evaluation mode; null when unknown.</summary>
    public double? EvaluationLoss { get; init; }
    public double Seconds { get; init; }
}

/// <param name="Step">From 0.</param>
/// <param name="Place">The module, or <c>input</c>, <c>target</c>, <c>loss</c>, <c>gradient of NAME</c>.</param>
public sealed record NonFiniteOrigin(int Step, string Place);

/// <param name="GradientNorms">2-norm at each of the first steps; empty when no gradient reached the parameter.</param>
/// <param name="UpdateRatios">|change| / |weight| (2-norms) at each of the first steps; NaN where the weight was 0.</param>
/// <param name="UnitsIdentical">Before and after these steps, all rows of the weight matrix were equal to each other.</param>
/// <param name="IsWeight">At least two dimensions.</param>
public sealed record ParameterTrace(string Name, IReadOnlyList<double> GradientNorms, IReadOnlyList<double> UpdateRatios, bool UnitsIdentical, bool IsWeight);

/// <summary>Slopes of the loss along random unit directions, by backward and by central differences, in float64.</summary>
public sealed record GradientComparison(IReadOnlyList<double> Analytic, IReadOnlyList<double> Numeric)
{
    /// <summary>|analytic - numeric| / (|analytic| + |numeric|), 2-norms over all directions; 0 when both are 0.</summary>
    public double RelativeError
    {
        get
        {
            double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
            var scale = Norm(Analytic) + Norm(Numeric);
            return scale == 0 ? 0 : Norm(Analytic.Zip(Numeric, (a, n) => a - n)) / scale;
        }
    }
}

/// <summary>The loss along the program's own first update d.</summary>
/// <param name="Loss">L(w).</param>
/// <param name="Along">L(w + t d) for each t.</param>
/// <param name="Cosine">cos(d, -grad L), the gradient computed alone; NaN when either is 0.</param>
/// <param name="UpdateNorm">|d|.</param>
/// <param name="GradientNorm">|grad L|.</param>
public sealed record DirectionProbe(double Loss, IReadOnlyList<(double T, double Loss)> Along, double Cosine, double UpdateNorm, double GradientNorm);
