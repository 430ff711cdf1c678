using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Experiments;

/// <summary>
/// What is known about one failing subject so far, shared by the experiments on it. Trials are kept: the same recipe and seed trains once.
/// </summary>
public sealed class ExperimentContext
{
    readonly Dictionary<(Recipe, int), Attempt> _attempts = [];
    readonly Dictionary<int, Trial> _details = [];
    readonly Dictionary<int, DirectionProbe?> _probes = [];
    readonly List<ExperimentFinished> _finished = [];

    /// <param name="baseline">The program as it is, with one attempt per seed.</param>
    /// <param name="stage">The stage that asks, e.g. <c>single-batch</c>.</param>
    public ExperimentContext(ISubject subject, IReadOnlyList<Attempt> baseline, OverfitOptions? options = null, string stage = "single-batch",
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        Subject = subject;
        Baseline = baseline;
        Options = options ?? new OverfitOptions();
        Stage = stage;
        Cancel = cancel;
        Verdict = SingleBatchVote.Of([.. baseline.Select(a => a.Verdict)]);
        Beliefs = new Beliefs(Verdict);
        Deviations = [.. Deviation.Of(subject)];
        foreach (var attempt in baseline) _attempts[(attempt.Recipe, attempt.Seed)] = attempt;
        // What can be pointed at in the program comes before settings that are merely unusual.
        foreach (var suspicion in Facts.Suspicions) Beliefs.Update(suspicion.Cause, 60);
        Seeds = [.. baseline.Where(a => a.Fails).Select(a => a.Seed).Take(2)];
    }

    public ISubject Subject { get; }
    public SubjectFacts Facts => Subject.Facts;
    public IReadOnlyList<Attempt> Baseline { get; }
    public OverfitOptions Options { get; }
    public string Stage { get; }
    public CancellationToken Cancel { get; }
    public SingleBatchVerdict Verdict { get; }
    public Beliefs Beliefs { get; }

    /// <summary>Settings that differ from the defaults. An experiment that finds a better default for one replaces it.</summary>
    public List<Deviation> Deviations { get; }

    /// <summary>Seeds whose attempt failed; a cause must be undone with each of them. At most two.</summary>
    public IReadOnlyList<int> Seeds { get; }

    public IReadOnlyList<ExperimentFinished> Finished => _finished;

    /// <summary>Causes confirmed so far, in order.</summary>
    public IEnumerable<string> Confirmed => _finished.Where(e => e.Outcome == ExperimentOutcome.Confirmed).Select(e => e.Cause).OfType<string>().Distinct();

    public Attempt First => Baseline.First(a => a.Seed == Seeds[0]);

    public bool DeviatesBy(string cause) => Deviations.Any(d => d.Cause == cause);

    /// <summary>Deviations whose undoing has been tried.</summary>
    public HashSet<Deviation> Undone { get; } = [];

    public bool Has(string experiment) => _finished.Any(e => e.Id == experiment);

    public void Add(ExperimentFinished finished) => _finished.Add(finished);

    public Attempt Try(Recipe recipe, int seed)
    {
        Cancel.ThrowIfCancellationRequested();
        if (!_attempts.TryGetValue((recipe, seed), out var attempt))
            _attempts.Add((recipe, seed), attempt = OverfitOneBatch.Try(Subject, recipe, seed, Options, cancel: Cancel));
        return attempt;
    }

    /// <summary>Where trials may run at the same time: takes several of them that will be asked for, or may be.</summary>
    public void Foresee(IEnumerable<(Recipe Recipe, int Seed)> wanted)
    {
        if (Subject.AtOnce < 2) return;
        (Recipe Recipe, int Seed)[] missing = [.. wanted.Distinct().Where(w => !_attempts.ContainsKey(w)).Take(Subject.AtOnce)];
        if (missing.Length < 2) return;
        var trials = missing.Select(w => Task.Run(() => OverfitOneBatch.Try(Subject, w.Recipe, w.Seed, Options, cancel: Cancel))).ToArray();
        foreach (var attempt in Task.WhenAll(trials).GetAwaiter().GetResult()) _attempts.Add((attempt.Recipe, attempt.Seed), attempt);
    }

    /// <summary>One attempt per seed, until one does not relieve.</summary>
    public IReadOnlyList<Attempt> TryAll(Recipe recipe)
    {
        Foresee(Seeds.Select(s => (recipe, s)));
        var attempts = new List<Attempt>();
        foreach (var seed in Seeds)
        {
            attempts.Add(Try(recipe, seed));
            if (!Relieves(attempts[^1])) break;
        }

        return attempts;
    }

    /// <summary>The symptom is gone with every seed.</summary>
    public bool Works(Recipe recipe) => TryAll(recipe) is var attempts && attempts.Count == Seeds.Count && attempts.All(Relieves);

    /// <summary>The program with every deviation undone.</summary>
    public Recipe Defaults => Recipe.Of(Deviations.Select(d => d.Undo));

    public bool DefaultsWork => Works(Defaults);

    /// <summary>
    /// The symptom is gone. Fitted is always enough; a loss that went up or blew up is relieved when it clearly comes down instead, even where the
    /// network is too small for the batch; one that stood still or swung must still fall, and be far below where the program as it is ended.
    /// </summary>
    bool Relieves(Attempt attempt)
    {
        if (attempt.Passes) return true;
        var before = Baseline.First(b => b.Seed == attempt.Seed);
        var grew = before.Verdict is SingleBatchVerdict.GoesUp or SingleBatchVerdict.Explodes;
        var excess = double.IsFinite(before.Curve.Excess) ? before.Curve.Excess : 1;
        if (attempt.Curve.StillFalling && attempt.Curve.Excess < (grew ? 0.5 : 0.2 * Math.Min(excess, 1))) return true;
        return grew && attempt.Verdict is not (SingleBatchVerdict.GoesUp or SingleBatchVerdict.Explodes)
            && attempt.LastLoss < Facts.Floor.Loss + 0.8 * (attempt.Trial.Losses[0] - Facts.Floor.Loss)
            // Where the defaults do fit the batch, coming down somewhat is not enough: something else is wrong as well.
            && !Try(Defaults, attempt.Seed).Passes;
    }

    /// <summary>20 watched steps of the program as it is.</summary>
    public Trial Details(int seed)
    {
        if (!_details.TryGetValue(seed, out var trial))
            _details.Add(seed, trial = Subject.Run(new TrialRequest { Seed = seed, Steps = WatchedSteps, Detailed = true, Cancel = Cancel }));
        return trial;
    }

    /// <summary>Steps whose gradients and updates are recorded.</summary>
    public const int WatchedSteps = 20;

    public DirectionProbe? Probe(int seed)
    {
        if (!_probes.TryGetValue(seed, out var probe)) _probes.Add(seed, probe = Subject.Probe(Recipe.AsIs, seed));
        return probe;
    }
}
