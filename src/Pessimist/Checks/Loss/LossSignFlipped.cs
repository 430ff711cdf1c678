using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES308 loss-sign-flipped</summary>
public sealed class LossSignFlipped(LossSignFlipped.Limits limits) : CauseCheck(About), IReads<OptimizerBuilt>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES308",
        Name = "loss-sign-flipped",
        Level = Level.Error,
        Summary = "the training climbs the loss instead of descending it",
        Explains = [.. Consequences, "PES403"],
        Docs = """
            ## Why it matters
            A minus too many (`-loss`, `weights += lr * gradient`, `maximize=True`) makes the network as wrong as it can be.

            It is an error when confirmed: with the sign turned, and nothing else changed, the same batch is fitted with two seeds. The angle between
            the update and the descent direction is measured as well. In a watched program it is proved where steps go up the gradient of a loss
            of the framework's, or descend its negative, and the loss does not come down; or where the operations of a traced step show that what is
            minimized grows with the probability that the network gives to the data, or with its closeness to them, and with nothing else.

            ## When it is a false alarm
            Losses below zero are no sign of it (ELBO, Gaussian likelihood, REINFORCE), and are not looked at. Where several optimizers play against
            each other, one of them climbs.

            ## What to do
            Remove the minus, or `maximize`.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the loss is climbed, not descended: {symptom}";

    protected override IEnumerable<string> Fixes(ExperimentFinished experiment) => ["turn the sign of the loss before the backward pass"];

    public sealed record Limits
    {
        /// <summary>How many times a loss of the program's own, which began above zero, grows before it is not finite any more.</summary>
        [Origin(Origin.Convention, "a log-likelihood that is climbed too fast does not grow: it falls")] public double Growth { get; init; } = 100;

        /// <summary>Steps that climb.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 20;

        /// <summary>Of the steps seen.</summary>
        [Origin(Origin.Definition, "all; a tenth is left for what was not seen")] public double Share { get; init; } = 0.9;
    }

    readonly HashSet<int> _optimizers = [];
    readonly HashSet<int> _maximizing = [];
    double? _called;
    bool _negated;
    int _steps, _climbing;
    double _first = double.NaN, _last = double.NaN;
    Site? _step, _backward;

    readonly OperationGraph _graph = new();
    bool _trainsOtherThings;

    // Of what is backpropagated, whatever it means.
    int _ascents;
    double _begin = double.NaN, _highest = double.NegativeInfinity, _lowest = double.PositiveInfinity;
    bool _leftNumbers;

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public void Read(OptimizerBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _trainsOtherThings |= observation.Groups.Any(g => g.Strangers > 0);
        _optimizers.Add(observation.Optimizer);
        if (observation.Maximize) _maximizing.Add(observation.Optimizer);
    }

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // Only of these is it known that less is better.
        _called = observation is { Kind: not "custom", Phase: not Phase.Evaluate, Value: > 0 } ? observation.Value : null;
    }

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Action: LoopAction.Backward, Loss: { } loss })
        {
            _negated = _called is { } called && Math.Abs(called + loss) <= 1e-4 * called;
            if (!_negated && !(_called is { } same && Math.Abs(same - loss) <= 1e-4 * same)) _called = null;
            _backward = observation.Site;
            if (double.IsNaN(_begin)) _begin = loss;
            if (!double.IsFinite(loss)) _leftNumbers = true;
            else if (!_leftNumbers) (_highest, _lowest) = (Math.Max(_highest, loss), Math.Min(_lowest, loss));
        }
        else if (observation is { Action: LoopAction.OptimizerStep, Skipped: false })
        {
            _steps++;
            var ascends = observation.LearningRate < 0 || observation.Subject is { } subject && _maximizing.Contains(subject);
            if (ascends)
            {
                _ascents++;
                _step ??= observation.Site;
            }

            if (_called is not null && ascends != _negated)
            {
                _climbing++;
                if (double.IsNaN(_first)) _first = _called.Value;
                _last = double.IsNaN(_last) ? _called.Value : 0.9 * _last + 0.1 * _called.Value;
                _step = _negated ? _backward : observation.Site;
            }

            _called = null;
        }
    }

    /// <summary>Its negative falls, which looks like learning.</summary>
    bool Rises => _negated && _last > _first;

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (_climbing < limits.FewestSteps || _climbing < limits.Share * _steps || _optimizers.Count > 1 || !HasSymptom && !Rises) return Written() is { } written ? Found(written) : base.Unconfirmed(about);
        return Found(Finding("the loss is climbed, not descended: steps go up its gradient", EvidenceClass.Proved) with
        {
            Location = At(_step),
            Evidence = [new("steps up the gradient of the loss", string.Create(CultureInfo.InvariantCulture, $"{_climbing} of {_steps}"), "0", "definition")],
            Notes = [HasSymptom ? Symptom : string.Create(CultureInfo.InvariantCulture, $"the loss rose from {_first:0.####} to {_last:0.####}")],
            Fixes = ["turn the sign of the step or of the loss"],
        });
    }

    /// <summary>Each step goes up the gradient of what is backpropagated, which is above zero from the first step on and grows until it is no number any more.</summary>
    bool Runaway => _ascents == _steps && _steps >= limits.FewestSteps && _optimizers.Count <= 1 && _leftNumbers && _lowest > 0 && _lowest >= _begin && _highest >= limits.Growth * _begin;

    /// <summary>The formula of what is minimized has the wrong sign, in every traced step.</summary>
    Finding? Written()
    {
        if (Runaway)
            return Finding("the loss is climbed, not descended: each step goes up its gradient, until it is not finite", EvidenceClass.Proved) with
            {
                Location = At(_step),
                Evidence =
                [
                    new("steps up the gradient", string.Create(CultureInfo.InvariantCulture, $"{_ascents} of {_steps}"), "0", "definition"),
                    new("loss", string.Create(CultureInfo.InvariantCulture, $"from {_begin:G3} to {_highest:G3}, then not finite"), "falls", "definition"),
                ],
                Fixes = ["turn the sign of the step: subtract the gradient"],
            };
        if (_optimizers.Count > 1 || _ascents > 0 || _trainsOtherThings || _steps < limits.FewestSteps || Vote is SingleBatchVerdict.Passes) return null;
        LikelihoodSign.Terms[] steps = [.. _graph.Traces.Where(t => !t.IsTruncated).Select(LikelihoodSign.Of).OfType<LikelihoodSign.Terms>().Where(t => t.Right + t.Wrong > 0)];
        if (steps.Length < 2 || !steps.All(s => s.IsClimbed)) return null;
        return Finding($"what is minimized has the wrong sign: it grows as the network gets better, by {steps[0].What}", EvidenceClass.Proved) with
        {
            Location = At(steps[0].Site),
            Related = _backward is { } backward && backward != steps[0].Site ? [new RelatedLocation(backward.File, backward.Line, "the backward pass starts here")] : [],
            Evidence = [new("traced steps in which every known term has the wrong sign", string.Create(CultureInfo.InvariantCulture, $"{steps.Length} of {steps.Length}"), "0", "definition")],
            Notes = [Progress.Because],
            Fixes = ["put a minus before it: minimize the negative log-likelihood"],
        };
    }
}
