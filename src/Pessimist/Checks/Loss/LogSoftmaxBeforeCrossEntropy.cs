using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES303 log-softmax-before-cross-entropy</summary>
public sealed class LogSoftmaxBeforeCrossEntropy(LogSoftmaxBeforeCrossEntropy.Limits limits) : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES303",
        Name = "log-softmax-before-cross-entropy",
        Level = Level.Note,
        Summary = "log-softmax is applied before a loss that applies it itself",
        Docs = """
            ## Why it matters
            It is redundant: the log-softmax of a log-softmax is itself. It costs time, and whoever reads the network may take its output for logits.

            ## When it is a false alarm
            The logarithm of a mixture or of an average of probabilities is normalized too, and right; the loss is the same either way.

            ## What to do
            Drop the log-softmax, or keep it and use the negative log-likelihood (`NLLLoss`).
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of rows whose exponentials sum to 1, within 1e-3.</summary>
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
        if (MakerOf(loss) == "log_softmax") return loss.Prediction is not { RowsLogSumToOne: < 0.5 };
        // What another operation made, such as the logarithm of a mixture, has its reasons.
        if (MakerOf(loss).Length > 0) return false;
        return loss.Prediction is { } prediction ? prediction.RowsLogSumToOne >= limits.Rows : null;
    }

    public override Verdict Conclude()
    {
        var found = Tallies.All.FirstOrDefault(t => t.IsAlways && (MakerOf(t.Example) == "log_softmax" || t.Yes >= limits.Batches));
        if (found is null) return Innocent("cross-entropy", "the scores are not normalized yet");
        var (location, related) = Applied(found, "log_softmax");
        return Found(Finding(About.Summary, EvidenceClass.Proved) with
        {
            Location = location,
            Related = related,
            Evidence = [new("rows whose exponentials sum to 1 +- 1e-3", found.Share, "not needed", "definition")],
            Notes = ["the loss and its gradients are the same without it"],
            Fixes = ["drop the log-softmax, or use the negative log-likelihood instead of cross-entropy"],
        });
    }
}
