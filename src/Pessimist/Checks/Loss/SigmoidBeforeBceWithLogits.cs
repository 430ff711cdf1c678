using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES304 sigmoid-before-bce-with-logits</summary>
public sealed class SigmoidBeforeBceWithLogits(SigmoidBeforeBceWithLogits.Limits limits) : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES304",
        Name = "sigmoid-before-bce-with-logits",
        Level = Level.Error,
        Summary = "sigmoid is applied before a loss that expects logits",
        Explains = [.. Consequences.OfCause, "PES311", "PES502", "PES613"],
        Docs = """
            ## Why it matters
            Binary cross-entropy with logits applies the sigmoid itself. Given a probability it applies it twice, and the network can only say
            something between 0.5 and 0.73: it can never be sure of a no. A negative example costs at least ln 2.

            It is proved by what made the scores: the operation sigmoid.

            ## When it is a false alarm
            Scores between 0 and 1 alone are no proof (ReLU6, a similarity, a gate): when nobody saw what made them, this is a suspicion and
            is uttered only while the training gets nowhere. `BCELoss` after a sigmoid is right.

            ## What to do
            Return the logits from the network; apply the sigmoid only where it predicts.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Batches that must lie in [0, 1] when nobody saw what made the scores.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 20;
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind == "bce-with-logits";
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var maker = MakerOf(loss);
        if (maker == "sigmoid") return true;
        if (maker.Length > 0) return false;
        return loss.Prediction is { } prediction ? prediction.InUnitInterval >= 1 : null;
    }

    public override Verdict Conclude()
    {
        var always = Tallies.All.Where(t => t.IsAlways).ToArray();
        if (always.FirstOrDefault(t => MakerOf(t.Example) == "sigmoid") is { } proved)
            return Found(About.Summary, proved, EvidenceClass.Proved, proved.Train > 0 ? Level.Error : Level.Warning,
                new Evidence("made by", $"sigmoid{Place(proved.Example.MadeAt)}", "no activation", "definition"));
        if (always.FirstOrDefault(t => t.Yes >= limits.Batches) is { } suspected)
            return HasSymptom
                ? Found("every score for a loss that expects logits lies between 0 and 1", suspected, EvidenceClass.Suspected, Level.Warning,
                    new Evidence("batches with all scores in [0, 1]", suspected.Share, $"never in {limits.Batches}, for logits", "convention"), new Evidence("symptom", Symptom))
                : NotEnoughEvidence("the scores lie between 0 and 1, and nobody saw what made them");
        return Innocent("binary cross-entropy with logits", "the scores are no probabilities");
    }

    Verdict Found(string message, LossTally tally, EvidenceClass evidence, Level level, params Evidence[] rows)
    {
        var (location, related) = Applied(tally, "sigmoid");
        return Found(Finding(message, evidence, level) with
        {
            Location = location,
            Related = related,
            Evidence = rows,
            Fixes = [$"return the logits from the network, without the sigmoid{Place(tally.Example.MadeAt)}; apply it only where the network predicts"],
        });
    }
}
