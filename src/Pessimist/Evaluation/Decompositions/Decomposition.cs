namespace Pessimist.Evaluation;

/// <summary>The errors a decomposition starts from, all of the same model and counted the same way.</summary>
public sealed record SplitErrors
{
    /// <summary>The error to be reached: a goal (exact) or a human's (counted). Null when nobody said: there is then no bias term.</summary>
    public ErrorRate? Goal { get; init; }

    /// <summary>Measured in evaluation mode, without dropout or augmentation.</summary>
    public required ErrorRate Train { get; init; }

    /// <summary>Validation examples from the training distribution.</summary>
    public required ErrorRate Validation { get; init; }

    /// <summary>Validation examples from the test distribution, where it differs.</summary>
    public ErrorRate? TestValidation { get; init; }

    public ErrorRate? Test { get; init; }

    /// <summary>How many configurations were compared on the validation set; 1 when none were.</summary>
    public int Configurations { get; init; } = 1;
}

/// <summary>
/// Test error = irreducible error + avoidable bias + variance (+ distribution shift) + validation overfitting. A term is called real only when
/// its interval lies above 0 after Bonferroni over all terms read (z = 2.498 for four) and it is at least a tenth of the error being explained:
/// removing less could not cut the error by more than that.
/// </summary>
/// <param name="Gaps">The terms, in order. With the goal they add up to the last error.</param>
/// <param name="Z">The critical value of each interval.</param>
/// <param name="Floor">The smallest gap that matters.</param>
public sealed record Decomposition(IReadOnlyList<Gap> Gaps, double Z, double Floor)
{
    /// <summary>The share of the error being explained that a term must reach, and its least value in points of error.</summary>
    public const double RelativeFloor = 0.1, AbsoluteFloor = 0.001;

    /// <summary>How the intervals allow for several terms, in words.</summary>
    public string Method => FormattableString.Invariant($"95 % for all {Gaps.Count} terms together (Bonferroni, z = {Z:0.000}); Newcombe's or bootstrap intervals");

    public Gap? Find(string term) => Gaps.FirstOrDefault(g => g.Term == term);

    public static Decomposition Of(SplitErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var steps = Steps(errors);
        var z = Wilson.TwoSidedZ(1 - 0.05 / steps.Count);
        var last = (errors.Test ?? errors.TestValidation ?? errors.Validation).Value;
        var floor = double.IsNaN(last) ? AbsoluteFloor : Math.Max(AbsoluteFloor, RelativeFloor * last);
        return new Decomposition([.. steps.Select(s => Measure(s, z, floor, 0.05 / steps.Count, errors))], z, floor);
    }

    static List<Step<ErrorRate>> Steps(SplitErrors errors)
    {
        List<Step<ErrorRate>> steps = [];
        if (errors.Goal is { } goal)
            steps.Add(new("avoidable-bias", "the goal", goal, "training", errors.Train));
        steps.Add(new("variance", "training", errors.Train, "validation", errors.Validation));
        if (errors.TestValidation is { } shifted)
            steps.Add(new("distribution-shift", "train-validation", errors.Validation, "test-validation", shifted));
        if (errors.Test is { } test)
            steps.Add(new("validation-overfitting", "validation", errors.TestValidation ?? errors.Validation, "test", test));
        return steps;
    }

    static Gap Measure(Step<ErrorRate> step, double z, double floor, double level, SplitErrors errors)
    {
        var gap = Newcombe.FromZ(step.First, step.Second, z);
        var verdict = Gap.Judge(gap, floor);
        var detectable = step.Second.Count is { } count
            ? DetectableGap.BetweenRates(Math.Min(step.First.Value, step.Second.Value), step.First.Count, count, level)
            : 0;
        var facts = new GapFacts(step.Term, step.FirstName, step.SecondName, gap, verdict, detectable, floor, IsRate: true);
        var sentence = facts.Sentence();
        if (step.Term == "validation-overfitting" && errors.Configurations > 1 && step.First.Count is { } n)
        {
            var optimism = Optimism(step.First.Value, n, errors.Configurations);
            sentence += FormattableString.Invariant(
                $"; choosing the best of {errors.Configurations} configurations alone can make validation look {100 * optimism:0.0} points better");
        }

        return new Gap(step.Term, gap.Value, gap.Low, gap.High, verdict, detectable, sentence);
    }

    /// <summary>
    /// How much too good the best of <paramref name="configurations"/> looks on the examples it was chosen on, at most: σ·√(2 ln m) with
    /// σ = √(p(1-p)/n), the expected maximum of m independent normal errors.
    /// </summary>
    public static double Optimism(double errorRate, long count, int configurations) =>
        configurations < 2 || count == 0 ? 0 : Math.Sqrt(errorRate * (1 - errorRate) / count) * Math.Sqrt(2 * Math.Log(configurations));
}

/// <summary>One difference of a decomposition.</summary>
sealed record Step<T>(string Term, string FirstName, T First, string SecondName, T Second);
