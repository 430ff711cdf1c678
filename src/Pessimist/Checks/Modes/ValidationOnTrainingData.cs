using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES606 validation-on-training-data</summary>
public sealed class ValidationOnTrainingData(ValidationOnTrainingData.Limits limits) : Check(About),
    IReads<BatchObserved>, IReads<LossObserved>, IReads<LoaderBuilt>, IReads<MetricReported>, IReads<ModuleBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES606",
        Name = "validation-on-training-data",
        Level = Level.Error,
        Summary = "every example that is evaluated was trained on",
        Docs = """
            ## Why it matters
            What was learnt by heart is asked again: overfitting cannot be seen, and the network that knows most by heart looks best.

            ## How it is told
            The inputs of evaluated batches are compared with those of training batches by their hashes. It is an error when the program calls the result
            validation or test; a warning when a loader of its own, that no training pass uses, hands out training examples only, again and again; a
            note when it does so once. What could not be recorded is allowed for.

            ## When it is a false alarm
            Silent are: metrics of the training set that are not called validation, over the training loader; programs that evaluate held-out data as
            well; data whose examples repeat by nature; graphs, where all nodes go in and a loss is of some of them; folds of a cross-validation with a new network for each.

            ## What to do
            Split before training, and give the validation loader the other part. Look for a loader that was built from the wrong variable.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Evaluated examples that are needed to say anything.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 20;

        /// <summary>Share of training examples that equal another one above which equal inputs say nothing.</summary>
        [Origin(Origin.Convention)] public double Repeats { get; init; } = 0.05;
    }

    readonly EvaluatedExamples _examples = new();

    long _fewestRows = long.MaxValue, _fewestTargets = long.MaxValue;

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _examples.Read(observation);
        if (observation is { Phase: Phase.Train, Inputs: [{ Shape: [var rows, ..] }, ..] }) _fewestRows = Math.Min(_fewestRows, rows);
    }

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Phase: Phase.Train, Target.Shape: [var rows, ..] }) _fewestTargets = Math.Min(_fewestTargets, rows);
    }

    /// <summary>A loss of some of the rows that went in: the others may be what is evaluated, as with the nodes of a graph.</summary>
    bool Picks => _fewestTargets < _fewestRows && _fewestRows < long.MaxValue;

    public void Read(LoaderBuilt observation) => _examples.Read(observation);
    public void Read(MetricReported observation) => _examples.Read(observation);
    public void Read(ModuleBuilt observation) => _examples.Read(observation);

    public override Verdict Conclude()
    {
        var sources = _examples.Sources.Where(s => s.Rows >= limits.Examples).ToArray();
        if (!_examples.HasTrained || sources.Length == 0) return NotEnoughEvidence("too few evaluated examples were seen");
        if (sources.FirstOrDefault(s => !s.IsAllTrained) is { } other)
            return Passed($"{Percent(1 - (double)other.Trained / other.Rows)} of the evaluated examples of a source were not seen in training");
        if (_examples.Repeats > limits.Repeats)
            return NotEnoughEvidence($"{Percent(_examples.Repeats)} of the training examples equal another one: equal inputs say nothing");
        if (Picks) return NotEnoughEvidence("losses are of some of the rows that go in: the same rows may be evaluated in other places");
        if (_examples.Unhashed) return NotEnoughEvidence("some evaluated batches were not recorded example by example");

        var claimed = sources.Select(s => (Source: s, Claim: _examples.Claim(s))).FirstOrDefault(c => c.Claim is not null);
        if (claimed.Claim is { } claim) return Found(Of(claimed.Source, $"\"{claim.Name}\" is called {claim.Split}, and is computed from training examples", Level.Error));
        if (sources.Where(s => s is { FromTrainLoader: false, Loader: not null }).MaxBy(s => s.Evaluations) is { } own)
            return Found(Of(own, "no held-out data are evaluated: a loader of its own hands out training examples only", own.Evaluations > 1 ? Level.Warning : Level.Note));
        return Passed("only training data are evaluated, and nothing is called validation");
    }

    Finding Of(EvaluatedExamples.Source source, string message, Level level)
    {
        var site = source.Loader?.Site ?? source.Site;
        return Finding(message, EvidenceClass.Proved, level) with
        {
            Location = At(site),
            Related = source.Site is { } used && used != site ? [new RelatedLocation(used.File, used.Line, "evaluated here")] : [],
            Evidence =
            [
                new("evaluated examples that were trained on before", string.Create(CultureInfo.InvariantCulture, $"{source.Trained:N0} of {source.Rows:N0}"), "0", "definition"),
                .. double.IsNaN(source.Expected) ? Array.Empty<Evidence>()
                    : [new("to expect in the record, were all of them training examples", string.Create(CultureInfo.InvariantCulture, $"{source.Expected:N0}"))],
                new("training examples that equal another one", Percent(_examples.Repeats), Percent(limits.Repeats), "convention"),
            ],
            Fixes = ["evaluate examples that were set aside before the training: look for a loader or variable that is taken for another"],
        };
    }

    static Location? At(Site? site) => Location.Of(site);

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
