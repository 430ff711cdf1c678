using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES608 overfitting</summary>
public sealed class Overfitting(Overfitting.Limits limits) : GapCheck(About, "variance"), IReads<LoopEvent>, IReads<LossObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES608",
        Name = "overfitting",
        Level = Level.Warning,
        Summary = "the validation error is significantly above the training error, and the goal is missed",
        Docs = """
            ## Why it matters
            Variance is the part of the error that comes from learning the training set by heart.

            ## When it is a false alarm
            A gap between training and validation is normal: networks that fit their training set perfectly often predict well. So this is a
            warning only when a goal was set and is missed; without a goal it is a note at most.

            In a watched program it is told where the training set is known nearly by heart, and the loss on data that are not trained on is as bad as halfway
            to knowing nothing, and many times that of the training. The loss of a network that is sure of itself and wrong grows faster than its error
            rate: look at that too.

            ## What to do
            More training data, normalization layers, augmentation, regularization, error analysis, another architecture, tuning: in this order.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Loss of the training at its end over what knowing nothing costs, below which the training set is known.</summary>
        [Origin(Origin.Convention)] public double Known { get; init; } = 0.2;

        /// <summary>Loss on other data over what knowing nothing costs, above which hardly anything carries over.</summary>
        [Origin(Origin.Convention)] public double Bad { get; init; } = 0.5;

        /// <summary>Loss on other data over that of the training.</summary>
        [Origin(Origin.Convention)] public double Times { get; init; } = 5;

        /// <summary>Calls of the loss on other data, after training began.</summary>
        [Origin(Origin.Convention)] public int Calls { get; init; } = 3;
    }

    const int Last = 32;

    readonly TrainingProgress _progress = new();
    readonly Dictionary<string, Queue<double>> _evaluated = [];
    Site? _site;

    public void Read(LoopEvent observation) => _progress.Read(observation);

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _progress.Read(observation);
        if (observation is not { Phase: Phase.Evaluate, Step: > 0, Reduction: "mean", Weighted: false } || !double.IsFinite(observation.Value)) return;
        if (!_evaluated.TryGetValue(observation.Kind, out var values)) _evaluated[observation.Kind] = values = new Queue<double>();
        values.Enqueue(observation.Value);
        if (values.Count > Last) values.Dequeue();
        _site ??= observation.Site;
    }

    public override Verdict Conclude() => HasDecomposition || _progress.Count == 0 ? base.Conclude() : Watched();

    Verdict Watched()
    {
        if (_progress is not { Share: { } share, Guess: > 0 and var guess }) return NotEnoughEvidence("nobody knows how high the loss of the training should be");
        if (_evaluated is not { Count: 1 } || _evaluated.Values.Single() is not { } values || values.Count < limits.Calls) return NotEnoughEvidence("no loss on other data was seen");
        // Half of the calls that are left: of the end of the training.
        var other = Trend.Quantile([.. values.Skip(values.Count / 2)], 0.5) / guess;
        var text = string.Create(CultureInfo.InvariantCulture, $"{share:0.###} times what knowing nothing costs on the training data, {other:0.###} times on other data");
        if (share > limits.Known || other < limits.Bad || other < limits.Times * share) return Passed($"the loss is {text}");
        return Found(Finding("the training data are known by heart, and hardly anything carries over to other data", EvidenceClass.Suspected) with
        {
            Location = Location.Of(_site),
            Evidence = [new("loss at the end", text, string.Create(CultureInfo.InvariantCulture, $"{limits.Bad} times on other data, and {limits.Times} times that of the training"), "convention")],
            Fixes = ["collect more training data, augment it, or regularize; check that both are prepared in the same way"],
        });
    }

    protected override Finding? Judge(DecompositionTerm gap, DecompositionMeasured all)
    {
        // Terms up to and including variance add up to the validation error.
        var validation = all.Terms.TakeWhile(t => t.Name != gap.Name).Sum(t => t.Value) + gap.Value;
        if (Goal is { } goal && validation <= goal) return null;
        return Finding($"the validation error is {Share(gap.Value)} above the training error", EvidenceClass.Suspected, Goal is null ? Level.Note : Level.Warning) with
        {
            Notes = Goal is null ? ["no goal was set, so this is a fact and not a fault: set one with --goal"] : [],
            Fixes = ["collect more training data, augment it, or regularize"],
        };
    }
}
