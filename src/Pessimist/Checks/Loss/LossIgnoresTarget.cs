using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES313 loss-ignores-target</summary>
public sealed class LossIgnoresTarget(LossIgnoresTarget.Limits limits) : CauseCheck(About), IReads<BatchObserved>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES313",
        Name = "loss-ignores-target",
        Level = Level.Error,
        Summary = "the loss does not depend on the targets of the batch",
        Explains = [.. Consequences, "PES107", "PES118", "PES608"],
        Docs = """
            ## Why it matters
            A loss that is computed from the wrong variable (the targets of an earlier batch, the prediction itself, the inputs) teaches nothing about the
            targets.

            It is an error when confirmed (with the targets permuted, the losses are the same), and when a trace proves that the loss compares the prediction
            with itself. Otherwise it is suspected where the loss is given the same targets in every batch, while those of the batches differ, and the
            training gets nowhere.

            ## When it is a false alarm
            Autoencoders, GANs, contrastive and other self-supervised losses take no labels, though the data may have them. Their targets are
            constant by construction: ones, zeros, the numbers of the examples. They learn, and are silent.

            ## What to do
            Look at which variable is given to the loss.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Batches with different targets that the loss must have been given the same target for.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 10;
    }

    readonly OperationGraph _graph = new();
    readonly HashSet<string> _batches = new(StringComparer.Ordinal), _given = new(StringComparer.Ordinal);
    LossObserved? _loss;
    long _calls;

    void IReads<OperationSeen>.Read(OperationSeen observation) => _graph.Read(observation);

    void IReads<BatchObserved>.Read(BatchObserved observation)
    {
        // The order of the classes tells targets apart as well as a hash does.
        if (observation is { Phase: not Phase.Evaluate, Target: { } target } && (target.Hash ?? (observation.LabelOrder.Count > 0 ? string.Join(',', observation.LabelOrder) : null)) is { } hash && _batches.Count < 1000)
            _batches.Add(hash);
    }

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is not { Phase: Phase.Train, Kind: "cross-entropy" or "nll" or "mse" or "l1" or "bce" or "bce-with-logits", Target: { Hash: { } hash } target, Input: { } input }) return;
        // Constants (real or fake), and the numbers of the examples (a contrastive loss), are meant.
        if (target.Min == target.Max || input.Shape is [var n, var k] && n == k) return;
        _calls++;
        _loss ??= observation;
        if (_given.Count < 1000) _given.Add(hash);
    }

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the loss is the same whatever the targets are: {symptom}";

    protected override IEnumerable<string> Fixes(ExperimentFinished experiment) => ["look at which variable the loss is given as its target"];

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if ((WithItself() ?? WithOwnAnswers()) is { } itself) return itself;
        if (_loss is { } loss && _given.Count == 1 && _calls >= limits.Batches && _batches.Count >= limits.Batches)
            return !HasSymptom ? NotEnoughEvidence("the loss is given the same target in every batch, and the training gets somewhere") : Found(
                Finding("the loss is given the same targets in every batch, though those of the batches differ", EvidenceClass.Suspected) with
                {
                    Location = At(loss.Site),
                    Evidence =
                    [
                        new("different targets given to the loss", "1", string.Create(CultureInfo.InvariantCulture, $"{_batches.Count}, as in the batches"), "definition"),
                        new("symptom", Symptom),
                    ],
                    Fixes = ["look at which variable the loss is given as its target"],
                });
        return _given.Count > 1 && Vote is null ? Passed("the targets that the loss is given differ from batch to batch") : base.Unconfirmed(about);
    }

    /// <summary>The target is the prediction, detached perhaps.</summary>
    Verdict? WithItself()
    {
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                if (trace.Operations[i] is not { Phase: Phase.Train, Inputs: [{ RequiresGrad: true } prediction, { } target, ..] } operation || trace.NameAt(i) is not ("mse_loss" or "l1_loss" or "smooth_l1_loss" or "huber_loss")) continue;
                if (Behind(trace, prediction, i) is not { } one || Behind(trace, target, i) is not { } other || one != other) continue;
                return Found(Finding($"{operation.Operation} compares the prediction with itself", EvidenceClass.Proved) with
                {
                    Location = At(operation.Site),
                    Evidence = [new("loss", "0, whatever the targets", "depends on the targets", "definition")],
                    Fixes = ["give the loss the targets of the batch"],
                });
            }

        return null;
    }

    /// <summary>Cross-entropy, and no other loss beside it, is given the largest scores of the very prediction as classes.</summary>
    Verdict? WithOwnAnswers()
    {
        foreach (var trace in _graph.Traces)
        {
            int[] losses = [.. Enumerable.Range(0, trace.Operations.Count).Where(i => trace.IsLoss(i) && trace.Operations[i].Phase == Phase.Train)];
            if (losses.Length > 0 && losses.All(i => IsOfOwnAnswers(trace, i)))
                return Found(Finding("cross-entropy is given the network's own answers as classes", EvidenceClass.Proved) with
                {
                    Location = At(trace.Operations[losses[0]].Site),
                    Evidence = [new("classes given to the loss", "the largest scores of the same prediction", "the targets of the batch", "definition")],
                    Fixes = ["give the loss the targets of the batch"],
                });
        }

        return null;
    }

    static bool IsOfOwnAnswers(OperationTrace trace, int loss) =>
        trace.NameAt(loss) is "cross_entropy_loss" or "nll_loss" && trace.Operations[loss].Inputs is [{ RequiresGrad: true } prediction, { } target, ..]
        && trace.SourceOf(target, loss).Maker is { } maker && trace.NameAt(maker) is "argmax" or "max" && trace.Operations[maker].Inputs is [{ } scores, ..]
        && Behind(trace, scores, maker) is { } one && one == Behind(trace, prediction, loss);

    /// <summary>Number of the tensor behind views, casts and detach.</summary>
    static long? Behind(OperationTrace trace, TensorFacts tensor, int before)
    {
        while (true)
        {
            var (source, maker) = trace.SourceOf(tensor, before);
            if (maker is not { } at || trace.NameAt(at) != "detach" || trace.Operations[at].Inputs is not [var input, ..]) return source.Id;
            (tensor, before) = (input, at);
        }
    }
}
