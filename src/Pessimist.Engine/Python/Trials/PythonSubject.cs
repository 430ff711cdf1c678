using Pessimist.Experiments;

namespace Pessimist.Engine.Python.Trials;

/// <summary>Why a program cannot be tried.</summary>
/// <param name="Failed">It failed by itself.</param>
public sealed record Unfit(string Why, bool Failed);

/// <summary>
/// An unmodified PyTorch program as a subject: each trial runs it in a fresh process, with its first training batch again at every step and with what the
/// recipe changes, up to some steps. Nothing of it is copied or rewritten; the program's own loop takes the steps.
/// </summary>
public sealed class PythonSubject : ISubject
{
    static readonly string[] s_known = ["cross-entropy", "nll", "bce", "bce-with-logits", "mse"];

    /// <summary>Enough to see whether the batch stays.</summary>
    const int LookSteps = 25;

    /// <summary>Turns that a closer look may take.</summary>
    const int ExaminedSteps = 64;

    readonly TrialProgram _program;
    readonly TimeSpan _limit;
    readonly CancellationToken _cancel;
    readonly TrialLooked _look;

    PythonSubject(TrialProgram program, TimeSpan limit, TrialLooked look, IReadOnlyList<TrialSuspected.Suspicion> suspicions, CancellationToken cancel)
    {
        (_program, _limit, _look, _cancel) = (program, limit, look, cancel);
        Facts = new SubjectFacts
        {
            LearningRate = look.LearningRate,
            DefaultLearningRate = look.Optimizer == "SGD" ? 0.01 : 1e-3,
            Optimizer = look.Optimizer,
            LossFactor = null,
            WeightDecay = look.WeightDecay,
            Dropout = look.Dropout,
            Initialization = look.Initialization,
            Normalized = look.RawInputs == true ? false : null,
            Precision = look.Precision,
            Classification = look.Classification,
            KnowNothingLoss = look.KnowNothing,
            KnowNothingAs = look.KnowNothingAs,
            BatchSize = look.BatchSize,
            Floor = new BatchFloor(look.Floor ?? 0, 0),
            FloorKnown = look.Floor is not null && look.KnowNothing > 0 && s_known.Contains(look.Loss),
            Suspicions = [.. suspicions.Select(s => new Deviation(s.Cause, s.Undo, s.As, Site: s.Site))],
        };
    }

    public SubjectFacts Facts { get; }

    public int AtOnce => TrialProgram.AtOnce;

    /// <summary>Trials so far, with the one that looked.</summary>
    public int Trials => _trials;

    int _trials = 1;

    /// <summary>Looks at the program's first steps.</summary>
    /// <param name="limit">Longest time of one trial.</param>
    /// <param name="unfit">When null is returned: why the program cannot be tried.</param>
    public static PythonSubject? Of(TrialProgram program, TimeSpan limit, out Unfit? unfit, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        var seen = program.Run(new PythonProbeOptions { Freeze = true, Steps = LookSteps, Seed = 0 }, null, limit, cancel);
        var why = seen switch
        {
            { TimedOut: true } => FormattableString.Invariant($"it did not reach its third step within {limit.TotalSeconds:0} s"),
            { End.Died: { } died, Steps.Count: 0 } => $"it failed before its first step: {died}",
            { Look: null, ExitCode: not 0 } => FormattableString.Invariant($"it ended with exit code {seen.ExitCode} before its first step"),
            { Look: null } => "it took no training step",
            { End.Optimizers: > 1 } => "several optimizers take turns",
            _ when !IsFrozen(seen) => "its batches are made in a way that cannot be frozen",
            _ => "",
        };
        unfit = why.Length == 0 ? null : new Unfit(why, seen is { TimedOut: false, Look: null } && (seen.ExitCode != 0 || seen.End?.Died is not null));
        return unfit is not null ? null : new PythonSubject(program, limit, seen.Look!, seen.Suspicions, cancel);
    }

    /// <summary>Loaders that fetch ahead hand out their second batch once.</summary>
    static bool IsFrozen(TrialTranscript seen) =>
        seen.Steps.Where(s => s.Step >= 2).Select(s => s.Hash).Append(seen.Steps.Count > 2 ? seen.End?.Hash : null).OfType<string>().Distinct().Count() <= 1;

    public bool Supports(Intervention intervention) => intervention switch
    {
        SetLearningRate => Facts.LearningRate is not null,
        SetWeightDecay => Facts.WeightDecay is not null,
        SetDropout { Value: var value } => value == 0 && Facts.Dropout > 0,
        NormalizeInputs { On: true } => _look.RawInputs is not null,
        NormalizeInputs => false,
        UseReferenceModel => Facts.FloorKnown,
        LeaveOutBatchNorm => _look.BatchNorm,
        UseReferenceLoop => Facts.FloorKnown && _look.PlainLoop,
        RecordGradients => false,
        ShuffleLabels => _look.Loss != "custom",
        UseDefaultInitialization => Facts.Initialization is not null,
        _ => true,
    };

    public Trial Run(TrialRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Interlocked.Increment(ref _trials);
        var seen = _program.Run(new PythonProbeOptions
        {
            Freeze = true,
            Steps = request.Steps,
            Seed = request.Seed,
            Recipe = request.Recipe.Changes,
            Detailed = request.Detailed ? true : null,
        }, request.GoOn, _limit, request.Cancel);
        var end = seen.End;
        // What could not be changed was not tried: a curve of the program as it is would say the opposite.
        if (end is { Refused.Count: > 0 }) return new Trial { Losses = [], Seconds = seen.Seconds };
        // Of a program that runs as it is, but not this time, nothing is known.
        if (seen.Steps.Count == 0 && request.Recipe.Changes.Count == 0) return new Trial { Losses = [], Seconds = seen.Seconds };
        // The changed step does not run (a dtype, a shape): nothing is fitted with it.
        if (seen.Steps.Count == 0 || end is { Died: not null } && request.Recipe.Changes.Count > 0 && seen.Steps.Count < 3) return new Trial { Losses = [double.NaN], Seconds = seen.Seconds };
        double[] losses = [.. seen.Steps.Select(s => s.Loss)];
        return new Trial
        {
            Losses = losses,
            FinalError = end?.Error ?? seen.Steps.LastOrDefault(s => s.Error is not null)?.Error,
            // Loaders that fetch ahead hand out their second batch once.
            FirstHash = seen.Steps.FirstOrDefault(s => s is { Step: >= 2, Hash: not null })?.Hash ?? seen.Steps[0].Hash ?? "",
            LastHash = end?.Hash ?? seen.Steps.Last(s => s.Hash is not null).Hash ?? "",
            OutputScale = seen.Look?.OutputScale ?? 0,
            InputMean = seen.Look?.InputMean ?? 0,
            InputStd = seen.Look?.InputStd ?? 1,
            FirstNonFinite = end?.NonFinite is { } place ? new NonFiniteOrigin(losses.Length - 1, place) : null,
            Parameters = end?.Parameters ?? [],
            DataGradientNorm = end?.DataGradientNorm,
            PenaltyGradientNorm = end?.WeightNorm is { } norm && Facts.WeightDecay is { } decay ? decay * norm : null,
            SampleLosses = end?.SampleLosses ?? [],
            EvaluationLoss = end?.EvaluationLoss,
            Seconds = seen.Seconds,
        };
    }

    /// <summary>The losses of the program as it is, on its own batches.</summary>
    public IReadOnlyList<double> RunUnfrozen(int steps, CancellationToken cancel)
    {
        Interlocked.Increment(ref _trials);
        return [.. _program.Run(new PythonProbeOptions { Steps = steps, Seed = 0 }, null, _limit, cancel).Steps.Select(s => s.Loss)];
    }

    /// <remarks>The program's own loop takes the first update, and then finds itself at each length of it: null where it does not come to the same loss twice.</remarks>
    public DirectionProbe? Probe(Recipe recipe, int seed)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Examine("direction", recipe, seed).Direction is { } seen && seen.Lengths.Count == seen.Losses.Count
            ? new DirectionProbe(seen.Loss, [.. seen.Lengths.Zip(seen.Losses)], seen.Cosine ?? double.NaN, seen.UpdateNorm, seen.GradientNorm)
            : null;
    }

    public GradientComparison? CompareGradients(int seed) =>
        Examine("gradients", Recipe.Of(new UseFloat64()), seed).Gradients is { Analytic.Count: > 0 } seen ? new GradientComparison(seen.Analytic, seen.Numeric) : null;

    TrialTranscript Examine(string what, Recipe recipe, int seed)
    {
        Interlocked.Increment(ref _trials);
        return _program.Run(new PythonProbeOptions { Freeze = true, Steps = ExaminedSteps, Seed = seed, Recipe = recipe.Changes, Examine = what }, null, _limit, _cancel);
    }
}
