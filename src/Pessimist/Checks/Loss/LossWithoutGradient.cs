using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES309 loss-without-gradient</summary>
public sealed class LossWithoutGradient() : GraphCheck(About), IReads<ExceptionRaised>, IReads<OptimizerBuilt>, IReads<ParametersMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES309",
        Name = "loss-without-gradient",
        Level = Level.Error,
        Summary = "no gradient of the loss reaches any parameter",
        Explains = [.. Consequences.OfCause, "PES503", "PES510"],
        Docs = """
            ## Why it matters
            Between the parameters and the loss something lets no gradient through: `argmax`, rounding, a comparison, `item()`, `detach()`, a
            round trip through another library, or a new tensor made from the numbers. Nothing is trained. Making the loss ask for a gradient
            (`requires_grad_()`) silences the exception and changes nothing.

            It is proved: the graph behind the loss contains no parameter, in every training step; or the backward pass itself was refused.

            ## When it is a false alarm
            Programs that optimize an input or another tensor of their own (style transfer, adversarial examples) hold it in their optimizer, and are silent.
            So are losses that are only printed while another one trains.

            ## What to do
            Compute the loss from the raw scores. Accuracy, F1 and other counts have no gradient: train on cross-entropy, and report them.
            """,
    };

    /// <summary>Losses of one line without a gradient, in a program that trains with other losses too.</summary>
    const int FewestBesideOthers = 20;
    const int MostLines = 64;

    readonly Dictionary<(Site? Site, string Kind), (long Without, long With)> _lines = [];
    bool _reaches, _looked, _strangers;
    ExceptionRaised? _refused;

    void IReads<ExceptionRaised>.Read(ExceptionRaised observation)
    {
        if (Crashes.KindOf(observation) == CrashKind.NoGradient) _refused ??= observation;
    }

    void IReads<OptimizerBuilt>.Read(OptimizerBuilt observation) => _strangers |= observation.Groups.Any(g => g.Strangers > 0);

    void IReads<ParametersMeasured>.Read(ParametersMeasured observation) => _reaches |= observation.Parameters.Any(p => p.Gradient is not null);

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase != Phase.Train || observation.ReachesParameters is not { } reaches) return;
        _looked = true;
        _reaches |= reaches;
        var line = (observation.Site, observation.Kind);
        if (_lines.Count >= MostLines && !_lines.ContainsKey(line)) return;
        var (without, with) = _lines.GetValueOrDefault(line);
        _lines[line] = reaches ? (without, with + 1) : (without + 1, with);
    }

    public override Verdict Conclude()
    {
        if (_refused is { } refused)
            return Found(Finding("the backward pass was refused: the loss does not depend on any parameter", EvidenceClass.Proved) with
            {
                Location = At(refused.Stack.Count > 0 ? refused.Stack[0] : null, refused.Module),
                Related = Related,
                Evidence = [new("exception", refused.Message)],
                Fixes = [Fix],
            });
        var cut = _lines.Where(l => l.Value.With == 0 && l.Value.Without >= (_reaches ? FewestBesideOthers : 1)).ToArray();
        if (_reaches && cut.Length == 0) return Passed("the gradient reaches parameters");
        if (!_looked) return NotEnoughEvidence("nobody saw where gradients go");
        if (_strangers) return NotApplicable("the optimizer holds tensors that belong to no network");
        var ((site, kind), (steps, _)) = cut.MaxBy(l => l.Value.Without);
        return Found(Finding("the backward pass starts from a loss that depends on no parameter", EvidenceClass.Proved) with
        {
            Location = At(site),
            Related = Related,
            Evidence = [new(kind == "custom" ? "losses that reach a parameter" : $"{kind} losses that reach a parameter",
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0 of {steps}"), "all", "definition")],
            Fixes = [Fix],
        });
    }

    /// <summary>Where the trace shows the cut.</summary>
    (string Operation, Site? Site)? Cut
    {
        get
        {
            foreach (var trace in Graph.Traces)
                for (var i = trace.Operations.Count - 1; i >= 0; i--)
                {
                    var operation = trace.Operations[i];
                    if (operation.Phase == Phase.Evaluate || operation.Inputs.Count == 0 || operation.Outputs.Any(o => o.RequiresGrad)) continue;
                    // The last place at which something that asked for a gradient stopped asking, and which the loss was computed from.
                    if (operation.Inputs.Any(input => input.RequiresGrad) && (OperationNames.CutsGradient(trace.NameAt(i)) || !operation.GradientsOn) && LeadsToLoss(trace, i))
                        return (operation.GradientsOn ? operation.Operation : $"{operation.Operation} without gradients", operation.Site);
                }

            return null;
        }
    }

    static bool LeadsToLoss(OperationTrace trace, int position)
    {
        HashSet<int> seen = [position];
        Queue<int> queue = new([position]);
        while (queue.TryDequeue(out var next))
            foreach (var use in trace.ConsumersOf(next))
            {
                if (trace.IsLoss(use) || trace.Operations[use].Outputs.Any(o => o.Count() == 1)) return true;
                if (seen.Add(use)) queue.Enqueue(use);
            }

        return false;
    }

    RelatedLocation[] Related => Cut is { Site: { } site, Operation: var operation } ? [new(site.File, site.Line, $"{operation} lets no gradient through")] : [];

    string Fix => Cut is { } cut ? $"compute the loss without {cut.Operation}, from the raw scores" : "look for argmax, item, detach, no_grad or a new tensor between the network and the loss";
}
