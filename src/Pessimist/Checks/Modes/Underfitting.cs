using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES607 underfitting</summary>
public sealed class Underfitting(Underfitting.Limits limits) : GapCheck(About, "avoidable-bias"), IReads<LoopEvent>, IReads<LossObserved>, IReads<LossesFollowed>, IReads<SingleBatchTried>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES607",
        Name = "underfitting",
        Level = Level.Warning,
        IsSymptom = true,
        Summary = "the training error is significantly above the goal, or the network knows hardly more than nothing after training",
        Docs = """
            ## Why it matters
            Bias is the part of the error that more data cannot cure: the network does not even fit what it was shown.

            In a watched program it is told without a goal where the loss of the training stays at what knowing nothing costs (ln K, the entropy of the
            labels, the variance of the targets), or rises above it; and where it stays near that while a single batch cannot be learned by heart either.
            It is a symptom: findings that tell why come before it.

            ## When it is a false alarm
            The goal is below what the labels allow (noise). Losses of unknown height, games of several networks and short runs are silent.

            ## What to do
            A bigger model, less regularization, error analysis, another architecture, tuning, more features: in this order.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Loss at the end over what knowing nothing costs, for a network that does not learn one batch by heart.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.6;

        /// <summary>Loss of the single batch at its end over what knowing nothing costs, above which it was not learned by heart.</summary>
        [Origin(Origin.Convention)] public double OfBatch { get; init; } = 0.3;
    }

    readonly TrainingProgress _progress = new();
    readonly List<SingleBatchTried> _attempts = [];

    public void Read(LoopEvent observation) => _progress.Read(observation);
    public void Read(LossesFollowed observation) => _progress.Read(observation);
    public void Read(LossObserved observation) => _progress.Read(observation);
    public void Read(SingleBatchTried observation) => _attempts.Add(observation);

    public override Verdict Conclude() => HasDecomposition || _progress.Count == 0 ? base.Conclude() : Watched();

    Verdict Watched()
    {
        var (state, because) = (_progress.State, _progress.Because);
        if (state is ProgressState.Stuck or ProgressState.Worse) return Found(Stays($"the network knows no more than nothing after training: {because}", because));
        if (state is not (ProgressState.Learns or ProgressState.Unclear) || _progress is not { Share: { } share, Guess: > 0 and var guess }) return NotEnoughEvidence(because);
        if (share <= limits.Share) return Passed(because);
        var unlearned = _attempts.Count(a => a is { Verdict: not SingleBatchVerdict.Passes, Losses.Count: > 0 } && (a.Losses[^1] - a.Floor) / guess > limits.OfBatch);
        return 2 * unlearned <= _attempts.Count || _attempts.Count == 0 ? NotEnoughEvidence(because)
            : Found(Stays(string.Create(CultureInfo.InvariantCulture, $"the network learns little of its training set, and not one batch by heart: the loss ends at {share:0.##} times what knowing nothing costs"), because));
    }

    Finding Stays(string message, string because) => Finding(message, EvidenceClass.Suspected) with
    {
        Evidence =
        [
            new("loss of the training", because, string.Create(CultureInfo.InvariantCulture, $"{limits.Share} times what knowing nothing costs"), "convention"),
            .. _attempts.Take(1).Select(a => new Evidence("one frozen batch", a.Because)),
        ],
        Fixes = ["read what the other findings say of the single batch, the data and the learning rate; then make the model bigger"],
    };

    protected override Finding? Judge(DecompositionTerm gap, DecompositionMeasured all) => Goal is not { } goal ? null
        : Finding($"the training error is {Share(gap.Value)} above the goal of {Share(goal)}", EvidenceClass.Suspected) with
        {
            Fixes = ["make the model bigger, then regularize less, then tune"],
        };
}
