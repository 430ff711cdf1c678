using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES203 activation-on-output</summary>
public sealed class ActivationOnOutput(ActivationOnOutput.Limits limits) : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES203",
        Name = "activation-on-output",
        Level = Level.Error,
        Summary = "the activation of the output cannot give what the loss asks for",
        Explains = [.. Consequences.OfCause, "PES311", "PES506"],
        Docs = """
            ## Why it matters
            A softmax over a single output is always 1. A softmax over several labels that may all be true lets them add up to 1 only. A sigmoid, tanh or
            ReLU gives no target beyond its range. What the network cannot say, it cannot learn.

            It is proved by what made the output and by the range of the targets. A ReLU before cross-entropy can only hide what speaks against a class;
            networks train with it, so it is a suspicion, and only while the training gets nowhere.

            ## When it is a false alarm
            Single targets beyond the range, as rewards have them, are no contradiction: a good part of the targets must lie outside. A sigmoid for
            targets in [0, 1], a tanh for pictures in [-1, 1] and softplus for positive targets are right. A scaled activation is not judged.

            ## What to do
            Leave the last layer without activation for regression and for losses on logits; use a sigmoid for one label, or for several labels at once.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Labels of an example on average, away from the 1 that softmax allows.</summary>
        [Origin(Origin.Convention)] public double Labels { get; init; } = 0.05;
    }

    /// <summary>What is wrong with a call; null where nothing is.</summary>
    enum Fault { SoftmaxOverOne, SoftmaxOverLabels, SoftmaxBeforeLogits, OutOfRange, RectifiedLogits }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind is "mse" or "l1" or "smooth-l1" or "huber" or "bce" or "bce-with-logits" or "cross-entropy";
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (MakerOf(loss) is not { Length: > 0 } maker || !IsMeasured(loss)) return null;
        // Whether the one output is always 1 shows only where it was measured.
        return FaultOf(loss) is not null ? true : maker == "softmax" && loss.Input?.Min is null ? null : false;
    }

    /// <summary>Values are measured at some steps only; without them a bounded output says nothing.</summary>
    static bool IsMeasured(LossObserved loss) => loss.Kind is "cross-entropy" or "bce-with-logits" || RangeOf(MakerOf(loss)) is null || loss.Target is { Min: not null, Max: not null, Mean: not null, Std: not null };

    Fault? FaultOf(LossObserved loss)
    {
        var maker = MakerOf(loss);
        var classes = loss.Input?.Shape is { Count: > 1 } shape ? shape[1] : 1;
        switch (loss.Kind, maker)
        {
            case (not "cross-entropy", "softmax") when classes == 1 && loss.Input is { Min: 1, Max: 1 }:
                return Fault.SoftmaxOverOne;
            case ("bce-with-logits", "softmax"):
                return Fault.SoftmaxBeforeLogits;
            case ("bce", "softmax") when classes > 1 && loss.Target is { Mean: { } mean, Shape: { Count: > 1 } target } && target[1] == classes:
                return Math.Abs(mean * classes - 1) > limits.Labels ? Fault.SoftmaxOverLabels : null;
            case ("cross-entropy", "relu"):
                return Fault.RectifiedLogits;
            case ("mse" or "l1" or "smooth-l1" or "huber", _) when RangeOf(maker) is var (low, high) && loss.Target is { Min: { } min, Max: { } max, Mean: { } mean, Std: { } std }:
                return min < low && mean - std < low || max > high && mean + std > high ? Fault.OutOfRange : null;
            default:
                return null;
        }
    }

    static (double Low, double High)? RangeOf(string maker) => maker switch
    {
        "sigmoid" or "softmax" or "hardsigmoid" => (0, 1),
        "tanh" => (-1, 1),
        "relu" or "softplus" or "exp" or "square" => (0, double.PositiveInfinity),
        _ => null,
    };

    public override Verdict Conclude()
    {
        foreach (var guilty in Tallies.All.Where(t => t.Yes > 0))
        {
            var example = guilty.Example;
            if (FaultOf(example) is not { } fault) continue;
            // Targets differ from batch to batch; what the network is made of does not.
            if (fault is Fault.OutOfRange or Fault.SoftmaxOverLabels ? guilty.No * 3 > guilty.Yes : guilty.No > 0) continue;
            // Many a network learns in spite of it.
            var isHarmless = fault == Fault.RectifiedLogits && !HasSymptom;
            var evidence = fault == Fault.RectifiedLogits && HasSymptom ? EvidenceClass.Suspected : EvidenceClass.Proved;
            return Found(Finding(Message(fault, example), evidence, isHarmless ? Level.Note : guilty.Train > 0 ? Level.Error : Level.Warning) with
            {
                Location = At(example.MadeAt ?? guilty.Site, example.MadeIn),
                Related = example.MadeAt is not null && guilty.Site is { } called ? [new RelatedLocation(called.File, called.Line, "the loss is called here")] : [],
                Evidence =
                [
                    new("output made by", example.MadeBy! + Place(example.MadeAt)),
                    .. fault == Fault.OutOfRange ? new Evidence[] { new("targets", Targets(example.Target!), Allowed(MakerOf(example)), "definition") } : [],
                    .. fault == Fault.SoftmaxOverLabels ? new Evidence[] { new("labels of an example, on average", Number(example.Target!.Mean!.Value * example.Target.Shape[1]), "1, the sum of a softmax", "definition") } : [],
                    new("batches", guilty.Share),
                    .. fault == Fault.RectifiedLogits && HasSymptom ? new Evidence[] { new("symptom", Symptom) } : [],
                ],
                Fixes = [Fix(fault, example)],
            });
        }

        return Innocent("a loss of an output with an activation", "the outputs can give what the losses ask for");
    }

    static string Message(Fault fault, LossObserved loss) => fault switch
    {
        Fault.SoftmaxOverOne => "the output is a softmax over one unit: it is always 1",
        Fault.SoftmaxOverLabels => "the outputs are a softmax, and examples have other than one label",
        Fault.SoftmaxBeforeLogits => "softmax is applied before binary cross-entropy with logits",
        Fault.RectifiedLogits => "the scores for cross-entropy are rectified: none can be negative",
        _ => $"the output is bounded by {loss.MadeBy}, and targets lie beyond",
    };

    static string Fix(Fault fault, LossObserved loss) => fault switch
    {
        Fault.SoftmaxOverOne => "use a sigmoid for one unit, or binary cross-entropy with logits without an activation",
        Fault.SoftmaxOverLabels => "use a sigmoid for each label, or binary cross-entropy with logits without an activation",
        Fault.SoftmaxBeforeLogits => "return the logits, without the softmax",
        Fault.RectifiedLogits => "leave the ReLU out of the last layer",
        _ => $"leave {loss.MadeBy} out of the last layer, or scale the targets into {Allowed(loss.MadeBy!)}",
    };

    static string Targets(TensorFacts target) => string.Create(CultureInfo.InvariantCulture, $"{target.Min:0.###} to {target.Max:0.###}, mean {target.Mean:0.###}, standard deviation {target.Std:0.###}");

    static string Allowed(string maker) => RangeOf(OperationNames.Canonical(maker)) is var (low, high) ? double.IsInfinity(high) ? "0 and above" : string.Create(CultureInfo.InvariantCulture, $"{low:0} to {high:0}") : "";

    static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
