using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES302 softmax-before-cross-entropy</summary>
public sealed class SoftmaxBeforeCrossEntropy(SoftmaxBeforeCrossEntropy.Limits limits) : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES302",
        Name = "softmax-before-cross-entropy",
        Level = Level.Error,
        Summary = "softmax is applied before a loss that expects logits",
        Explains = [.. Consequences.OfCause, "PES311", "PES502", "PES603", "PES613"],
        Docs = """
            ## Why it matters
            Cross-entropy applies softmax itself. Given probabilities it applies it twice: the scores lie between 0 and 1, so that even a network that
            is always sure and always right has a loss of ln(1 + (K - 1) / e), 1.46 for ten classes, and its gradients are small. It trains, slowly and
            badly, and nothing crashes.

            It is proved by what made the scores (an operation softmax along the classes), or by their values: rows that are nonnegative and sum
            to 1, in every batch.

            ## When it is a false alarm
            Probabilities as the *target* (distillation, label smoothing, mixup) are right, and so is softmax inside of the network, as in
            attention: only what goes into the loss as its prediction is looked at. The logarithm of a mixture is redundant at most
            (log-softmax-before-cross-entropy).

            ## What to do
            Return the logits from the network; use softmax only where it predicts.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of rows that are nonnegative and sum to 1, within 1e-3.</summary>
        [Origin(Origin.Definition)] public double Rows { get; init; } = 0.999;

        /// <summary>Batches that must show it when only their values are known.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 5;
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind == "cross-entropy" && !(loss.Input?.Shape is { Count: > 1 } shape && shape[1] < 2);
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        // Sums of half precision are rounded by more than the tolerance; along another dimension it is another finding.
        if (MakerOf(loss) == "softmax") return loss.Prediction is not { RowsSumToOne: < 0.5 };
        return loss.Prediction is { } prediction ? prediction.RowsSumToOne >= limits.Rows : null;
    }

    public override Verdict Conclude()
    {
        var guilty = Tallies.All.FirstOrDefault(t => t.IsAlways && (MakerOf(t.Example) == "softmax" || t.Yes >= limits.Batches));
        if (guilty is null)
            return Tallies.All.Any(t => t.IsAlways) ? NotEnoughEvidence("the scores sum to 1 in a few batches only") : Innocent("cross-entropy", "the scores are no probabilities");

        var example = guilty.Example;
        var classes = example.Input?.Shape is { Count: > 1 } shape ? shape[1] : (long?)null;
        var floor = classes is { } k ? Math.Log(1 + (k - 1) / Math.E) : (double?)null;
        var (location, related) = Applied(guilty, "softmax");
        var finding = Finding(MakerOf(example) == "softmax" ? About.Summary : "probabilities are given to a loss that expects logits",
            EvidenceClass.Proved, guilty.Train > 0 ? Level.Error : Level.Warning);
        return Found(finding with
        {
            Location = location,
            Related = related,
            Evidence =
            [
                new("rows that sum to 1 +- 1e-3", guilty.Share, "never, for logits", "definition"),
                .. MakerOf(example) == "softmax" ? new Evidence[] { new("made by", $"softmax{Place(example.MadeAt)}", "no activation", "definition") } : [],
                .. floor is { } f && example is { LabelSmoothing: 0, Weighted: false, Reduction: "mean" }
                    ? new Evidence[] { new("lowest loss that can be reached", string.Create(CultureInfo.InvariantCulture, $"{f:0.###}"), "0, for logits", "theory") } : [],
            ],
            Fixes = [$"return the logits from the network, without the softmax{Place(example.MadeAt)}; use softmax only where it predicts"],
        });
    }
}
