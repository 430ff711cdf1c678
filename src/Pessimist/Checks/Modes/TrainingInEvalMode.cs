using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Modes;

/// <summary>PES602 training-in-eval-mode</summary>
public sealed class TrainingInEvalMode(TrainingInEvalMode.Limits limits) : Check(About), IReads<PassObserved>, IReads<ParameterObserved>, IReads<OptimizerBuilt>, IReads<LoopEvent>,
    IReads<LossObserved>, IReads<LossesFollowed>, IReads<SingleBatchTried>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES602",
        Name = "training-in-eval-mode",
        Level = Level.Error,
        Summary = "the network is trained in evaluation mode: dropout is off and batch norm learns no statistics",
        Explains = ["PES402", "PES403", "PES502", "PES506", "PES507", "PES608", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            `model.eval()` stays in force until `model.train()` is called. In between, dropout does nothing, and batch norm normalizes with running
            statistics that stay as they were: from the first evaluation on, another network is trained than the one that was built.

            ## How it is told
            Training passes that an optimizer step follows run with the whole network in evaluation mode. It is an error when the network trained in
            training mode before, or was evaluated before: then the mode was left over; or when it does not learn. In evaluation mode from the start,
            it is a warning else.

            ## When it is a false alarm
            Silent are: batch norm or dropout that is frozen by itself while the network is in training mode; passes for gradients with respect to the
            input, as for adversarial examples; fine-tuning of a network of which a part is frozen, in evaluation mode from the start; networks that no
            optimizer holds, that run without gradients, or whose parameters are all frozen by then; networks without dropout and batch norm.

            ## What to do
            Call `model.train()` at the beginning of every epoch.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Steps in evaluation mode that are needed to say anything.</summary>
        [Origin(Origin.Convention)] public int Steps { get; init; } = 3;
    }

    const int MostSteps = 100_000;

    sealed class Network
    {
        public SortedDictionary<long, PassObserved?> Steps { get; } = [];
        public PassObserved? LastTrained { get; set; }
        public PassObserved? Evaluated { get; set; }
        public bool HasModes { get; set; }
    }

    readonly Dictionary<int, Network> _networks = [];
    readonly List<ParameterObserved> _parameters = [];
    readonly HashSet<int> _optimized = [];
    readonly List<LoopEvent> _toEval = [];
    readonly SymptomGate _gate = new();
    long _last;

    public void Read(PassObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _last = Math.Max(_last, observation.Step);
        if (!_networks.TryGetValue(observation.Model, out var network)) _networks[observation.Model] = network = new Network();
        var off = observation.DropoutsOff.Count + observation.BatchNormsOnRunning.Count;
        var on = observation.DropoutsOn.Count + observation.BatchNormsOnBatch.Count;
        network.HasModes |= off + on > 0;
        if (observation.Phase == Phase.Evaluate && !observation.Training) network.Evaluated ??= observation;
        // A teacher, a frozen backbone: it takes part in training and is not trained itself.
        var isTrained = observation.GradientsOn && observation.Trainable != false;
        if (observation.Phase != Phase.Train || !isTrained || network.Steps.Count >= MostSteps) return;
        // Null: at least one pass of the step is as training should be.
        var right = observation.Training || on > 0 || off == 0;
        if (right) network.Steps[observation.Step] = null;
        else network.Steps.TryAdd(observation.Step, observation);
    }

    public void Read(ParameterObserved observation) => _parameters.Add(observation);
    public void Read(LossObserved observation) => _gate.Read(observation);
    public void Read(SingleBatchTried observation) => _gate.Read(observation);

    public void Read(OptimizerBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        foreach (var name in observation.Groups.SelectMany(g => g.Parameters))
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            _optimized.Add(slash > 0 && int.TryParse(name.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var model) ? model : 0);
        }
    }

    public void Read(LossesFollowed observation) => _gate.Read(observation);

    public void Read(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _gate.Read(observation);
        _last = Math.Max(_last, observation.Step);
        if (observation.Action == LoopAction.Eval && _toEval.Count < 64) _toEval.Add(observation);
    }

    public override Verdict Conclude()
    {
        if (_networks.Values.All(n => n.Steps.Count == 0)) return NotEnoughEvidence("no training pass was seen");
        if (_networks.Values.All(n => !n.HasModes)) return NotApplicable("the network has neither dropout nor batch norm: its mode does not matter");
        foreach (var (model, network) in _networks.OrderBy(n => n.Key))
        {
            if (!IsTrained(model)) continue;
            // The gradients of the last passes may have been for something else than a step.
            var steps = network.Steps.Where(s => s.Key < _last).ToArray();
            var wrong = steps.Where(s => s.Value is not null).ToArray();
            if (wrong.Length < limits.Steps) continue;
            var first = wrong[0].Value!;
            var trainedBefore = steps.Any(s => s.Value is null && s.Key < first.Step);
            var evaluatedBefore = network.Evaluated is { } evaluated && evaluated.Step <= first.Step;
            var leftOver = trainedBefore || evaluatedBefore;
            if (!leftOver && IsPartlyFrozen(model)) continue;
            return Found(Of(first, wrong.Length, steps.Length, leftOver));
        }

        return _networks.Keys.Any(IsTrained) ? Passed("the network is trained in training mode") : NotEnoughEvidence("it is not known which network is trained");
    }

    Finding Of(PassObserved first, int wrong, int steps, bool leftOver)
    {
        string[] off = [.. first.DropoutsOff.Concat(first.BatchNormsOnRunning)];
        var call = _toEval.LastOrDefault(e => e.Site is not null && e.Step <= first.Step && (e.Subject is null || e.Subject == first.Model))?.Site;
        var from = first.Step == 0 ? "from the start" : string.Create(CultureInfo.InvariantCulture, $"from step {first.Step} on");
        return Finding($"the network is trained in evaluation mode {from}: {DidYouMean.List(off, 4)}", EvidenceClass.Proved, leftOver || _gate.HasSymptom ? Level.Error : Level.Warning) with
        {
            Location = Location.Of(first.Site, off[0]),
            Related = call is null ? [] : [new RelatedLocation(call.File, call.Line, "evaluation mode was switched on here")],
            Evidence =
            [
                new("observed steps in evaluation mode", string.Create(CultureInfo.InvariantCulture, $"{wrong} of {steps}"), "0", "definition"),
                new("dropout off", first.DropoutsOff.Count.ToString(CultureInfo.InvariantCulture)),
                new("batch norm on running statistics", first.BatchNormsOnRunning.Count.ToString(CultureInfo.InvariantCulture)),
            ],
            Fixes = ["call model.train() before the training steps, in every epoch"],
        };
    }

    bool IsTrained(int model) => _optimized.Contains(model) || _parameters.Any(p => p.Model == model && p is { RequiresGradient: true, Optimizers.Count: > 0 });

    bool IsPartlyFrozen(int model) => _parameters.Any(p => p.Model == model && !p.RequiresGradient);
}
