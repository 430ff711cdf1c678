using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Experiments;

/// <summary>How long to try.</summary>
public sealed record OverfitOptions
{
    /// <summary>Steps before the curve is first judged.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>A symptom must last until here: some healthy networks begin with a plateau.</summary>
    public int SymptomSteps { get; init; } = 400;

    /// <summary>A loss that still falls may go on until here.</summary>
    public int MostSteps { get; init; } = 3000;
    public SingleBatchLimits Limits { get; init; } = SingleBatchLimits.Default;
}

/// <summary>One training on the frozen batch and what its curve shows.</summary>
public sealed record Attempt(Recipe Recipe, int Seed, Trial Trial, CurveVerdict Curve)
{
    public SingleBatchVerdict Verdict => Curve.Verdict;

    /// <summary>The batch is fitted.</summary>
    public bool Passes => Curve.Passes;

    /// <summary>A symptom, rather than a fit or a loss that still falls.</summary>
    public bool Fails => SingleBatchVote.IsSymptom(Verdict);

    public double LastLoss => Trial.Losses.Count > 0 ? Trial.Losses[^1] : double.NaN;
}

/// <summary>Tries to overfit one frozen batch, for as long as the curve leaves it open.</summary>
public static class OverfitOneBatch
{
    const int JudgeEvery = 100;

    public static Attempt Try(ISubject subject, Recipe recipe, int seed, OverfitOptions? options = null, bool detailed = false,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        options ??= new OverfitOptions();
        var facts = subject.Facts;
        if (!facts.FloorKnown) return TryUnknown(subject, recipe, seed, options, detailed, cancel);
        CurveVerdict Judge(IReadOnlyList<double> losses, double? error, Trial? trial = null) => SingleBatchCurve.Classify(
            losses, facts.Floor, error, trial?.FirstHash ?? "", trial?.LastHash ?? "", facts.KnowNothingLoss, options.Limits);

        // A whole curve is judged only now and then; in between, only "fitted" matters, and that shows in the last steps.
        var next = options.Steps;
        bool GoOn(IReadOnlyList<double> losses, double? error)
        {
            if (losses.Count < next) return !Judge([losses[0], .. losses.Skip(Math.Max(1, losses.Count - 10))], error).Passes;
            next = losses.Count + JudgeEvery;
            return Judge(losses, error).Verdict switch
            {
                SingleBatchVerdict.NotEnoughEvidence => true,
                SingleBatchVerdict.Passes or SingleBatchVerdict.Explodes or SingleBatchVerdict.GoesUp => false,
                _ => losses.Count < options.SymptomSteps,
            };
        }

        var trial = subject.Run(new TrialRequest
        {
            Recipe = recipe, Seed = seed, Steps = options.MostSteps, GoOn = GoOn, Detailed = detailed, Cancel = cancel,
        });
        return new Attempt(recipe, seed, trial, Temper(Judge(trial.Losses, trial.FinalError, trial), trial, facts, options.Limits));
    }

    /// <summary>A loss whose height says nothing: only NaN and infinity are symptoms.</summary>
    static Attempt TryUnknown(ISubject subject, Recipe recipe, int seed, OverfitOptions options, bool detailed, CancellationToken cancel)
    {
        var trial = subject.Run(new TrialRequest { Recipe = recipe, Seed = seed, Steps = options.Steps, Detailed = detailed, Cancel = cancel });
        var broken = trial.Losses.Index().FirstOrDefault(l => !double.IsFinite(l.Item), (-1, 0));
        var curve = broken.Index >= 0
            ? new CurveVerdict(SingleBatchVerdict.Explodes, $"the loss is not finite at step {broken.Index}", FirstNonFinite: broken.Index)
            : new CurveVerdict(SingleBatchVerdict.NotEnoughEvidence, "nobody knows how low this loss can get");
        return new Attempt(recipe, seed, trial, curve);
    }

    /// <summary>What the curve alone cannot know: noise of dropout over a batch that is known by heart.</summary>
    static CurveVerdict Temper(CurveVerdict curve, Trial trial, SubjectFacts facts, SingleBatchLimits limits)
    {
        if (!SingleBatchVote.IsSymptom(curve.Verdict) || trial.EvaluationLoss is not { } evaluation || trial.Losses.Count == 0) return curve;
        var span = facts.KnowNothingLoss > facts.Floor.Loss ? facts.KnowNothingLoss - facts.Floor.Loss : trial.Losses[0] - facts.Floor.Loss;
        return span > 0 && evaluation - facts.Floor.Loss <= limits.Plateau * span
            ? curve with
            {
                Verdict = SingleBatchVerdict.Passes,
                FittedAt = trial.Losses.Count - 1,
                Because = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{curve.Because}; without dropout and batch statistics the loss is {evaluation:0.####}: the batch is known by heart"),
            }
            : curve;
    }

    public static SingleBatchTried Observe(this Attempt attempt, SubjectFacts facts)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(facts);
        return new SingleBatchTried
        {
            Seed = attempt.Seed,
            Verdict = attempt.Verdict,
            Losses = attempt.Trial.Losses,
            Floor = facts.Floor.Loss,
            FinalError = attempt.Trial.FinalError,
            FirstHash = attempt.Trial.FirstHash,
            LastHash = attempt.Trial.LastHash,
            BatchSize = facts.BatchSize,
            Because = attempt.Curve.Because,
        };
    }
}
