using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES314 dominant-regularization</summary>
public sealed class DominantRegularization(DominantRegularization.Limits limits) : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES314",
        Name = "dominant-regularization",
        Level = Level.Warning,
        Summary = "the penalty outweighs the loss of the data",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            A penalty on the weights or activations that weighs more than the data is what gets minimized: the whole loss falls, the weights shrink, and the
            predictions stay where they were.

            It is an error when confirmed: without the penalty the batch is fitted. Otherwise it is suspected where most of what is minimized is not the loss of
            the data, and that loss does not fall.

            ## When it is a false alarm
            Losses of several parts that all fall, such as that of a variational autoencoder, are silent: what counts is that the loss of the data does not fall.
            Weight decay in the optimizer is another check (excessive-weight-decay).

            ## What to do
            A smaller factor; begin without a penalty, and add it when the network overfits.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of the minimized value that is not the loss of the data, at the median of the first steps.</summary>
        [Origin(Origin.Published, "TheDeepChecker: the penalty's gradient at least twice the data's")] public double Share { get; init; } = 2.0 / 3;

        /// <summary>Last loss of the data over what knowing nothing costs, from which on it was not learned.</summary>
        [Origin(Origin.Convention)] public double Unlearned { get; init; } = 0.85;

        /// <summary>Steps that are compared.</summary>
        [Origin(Origin.Convention)] public int Steps { get; init; } = 20;
    }

    const int Most = 4096;

    /// <summary>Only the loss of the data: whether that falls.</summary>
    readonly TrainingProgress _data = new();
    readonly List<double> _shares = [];
    readonly HashSet<string> _places = new(StringComparer.Ordinal);
    readonly Queue<(long Step, double Value)> _open = [];
    LossObserved? _loss;
    Site? _backward;

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase != Phase.Train || observation.Kind == "custom") return;
        _data.Read(observation);
        _loss ??= observation;
        if (_places.Count < 8) _places.Add(string.Create(CultureInfo.InvariantCulture, $"{observation.Kind} {observation.Site?.File}:{observation.Site?.Line}"));
        if (_open.Count > 0 && _open.Peek().Step != observation.Step) _open.Clear();
        if (_open.Count < 64) _open.Enqueue((observation.Step, observation.Value));
    }

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is not { Action: LoopAction.Backward, Loss: { } total } || !_open.TryDequeue(out var open) || open.Step != observation.Step) return;
        _backward = observation.Site;
        if (_shares.Count < Most && double.IsFinite(total) && total > 0 && open.Value >= 0) _shares.Add((total - open.Value) / total);
    }

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the penalty outweighs the loss of the data: {symptom}";

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (Vote is SingleBatchVerdict.Passes || about.Any(e => e.Outcome == ExperimentOutcome.Refuted)) return base.Unconfirmed(about);
        // Two data losses in a step are not told apart from a loss and a penalty.
        if (_loss is null || _shares.Count < limits.Steps || _places.Count != 1) return _shares.Count == 0 ? NotEnoughEvidence("no loss was observed together with what is minimized") : NotEnoughEvidence("too few steps with one loss of the data");
        // A penalty that is minimized shrinks; what it was at first kept the data from being learned.
        var share = Trend.Quantile([.. _shares.Take(limits.Steps)], 0.5);
        if (share < limits.Share) return Passed(string.Create(CultureInfo.InvariantCulture, $"the loss of the data is {Math.Clamp(1 - share, 0, 1):0 %} of what is minimized"));
        if (!_data.HasSymptom && !(_data.Share >= limits.Unlearned)) return Passed("the penalty is large, and the loss of the data falls all the same");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{share:0 %} of what is minimized is a penalty at first, and the loss of the data does not fall"), EvidenceClass.Suspected) with
        {
            Location = At(_loss.Site),
            Related = _backward is { } backward && backward != _loss.Site ? [new RelatedLocation(backward.File, backward.Line, "what is minimized goes backward here")] : [],
            Evidence =
            [
                new("share of the penalty in the first steps", string.Create(CultureInfo.InvariantCulture, $"{share:0.0 %}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0.0 %}"), "published"),
                new("loss of the data", _data.Because),
            ],
            Fixes = ["make the factor of the penalty smaller, or begin without it"],
        });
    }
}
