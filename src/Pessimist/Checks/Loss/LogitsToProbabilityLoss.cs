using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES305 logits-to-probability-loss</summary>
public sealed class LogitsToProbabilityLoss(LogitsToProbabilityLoss.Limits limits) : LossCheck(About), IReads<ExceptionRaised>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES305",
        Name = "logits-to-probability-loss",
        Level = Level.Error,
        Summary = "raw scores are given to a loss that expects probabilities or their logarithms",
        Explains = [.. Consequences.OfCause, "PES311", "PES308"],
        Docs = """
            ## Why it matters
            The negative log-likelihood and the KL divergence take log-probabilities. Raw scores have no upper end, so the loss falls for ever, below
            zero, while nothing is learned; probabilities without the logarithm give a loss between -1 and 0 whose gradient does not know which
            examples are wrong. Binary cross-entropy takes probabilities; outside of [0, 1] it has no value.

            It is proved by what made the prediction (a linear layer, a softmax without logarithm), or by values that no log-probability can have.

            ## When it is a false alarm
            Negative log-likelihood after log-softmax and binary cross-entropy after a sigmoid are right and silent. Log-probabilities that the program
            multiplies with rewards or weights are not judged.

            ## What to do
            `log_softmax` before the negative log-likelihood, or cross-entropy on the raw scores; binary cross-entropy *with logits* on raw scores.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of log-probabilities above 0.</summary>
        [Origin(Origin.Definition)] public double Positive { get; init; } = 0.01;

        /// <summary>Share of rows that are nonnegative and sum to 1.</summary>
        [Origin(Origin.Definition)] public double Rows { get; init; } = 0.999;

        /// <summary>Batches that must show it when only their values are known.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 5;
    }

    static readonly HashSet<string> _rawMakers = new(StringComparer.Ordinal) { "linear", "conv", "conv_transpose", "matmul", "relu", "leaky_relu", "gelu", "elu", "tanh" };

    ExceptionRaised? _crash;
    long _binaryCalls;

    public void Read(ExceptionRaised observation)
    {
        if (Crashes.KindOf(observation) == CrashKind.ProbabilityOutOfRange) _crash ??= observation;
    }

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Kind == "bce") _binaryCalls++;
        return loss.Kind is "nll" or "kl-div";
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var maker = MakerOf(loss);
        if (maker == "log_softmax") return false;
        if (maker == "softmax") return true;
        if (loss.Prediction is not { } prediction) return null;
        if (prediction.RowsSumToOne >= limits.Rows) return true;
        // What the program computed from log-probabilities, e.g. times a reward, may have any sign.
        return _rawMakers.Contains(maker) ? prediction.RowsLogSumToOne < 0.01 && prediction.Nonnegative > limits.Positive : maker.Length > 0 ? null : false;
    }

    public override Verdict Conclude()
    {
        var guilty = Tallies.All.FirstOrDefault(t => t.IsAlways && (MakerOf(t.Example).Length > 0 || t.Yes >= limits.Batches));
        if (guilty is null && _crash is { } crash) return OutOfRange(crash);
        if (guilty is null)
            return Tallies.All.Any(t => t.IsAlways) ? NotEnoughEvidence("a few batches only") : Innocent("a loss of log-probabilities", "the predictions are what the losses expect");

        var example = guilty.Example;
        var probabilities = MakerOf(example) == "softmax" || example.Prediction?.RowsSumToOne >= limits.Rows;
        var message = (guilty.Kind, probabilities) switch
        {
            ("kl-div", true) => "probabilities are given to the KL divergence, which expects their logarithms",
            ("kl-div", false) => "raw scores are given to the KL divergence, which expects log-probabilities",
            (_, true) => "probabilities are given to the negative log-likelihood, which expects their logarithms",
            _ => "raw scores are given to the negative log-likelihood, which expects log-probabilities",
        };
        // Of a softmax the logarithm is wanted: that is the line to change. Raw scores may want an activation or another loss.
        var (location, related) = MakerOf(example) == "softmax" ? Applied(guilty, "softmax") : (At(guilty.Site, example.MadeIn), Maker(example, "what is given to the loss is made here"));
        return Found(Finding(message, EvidenceClass.Proved, guilty.Train > 0 ? Level.Error : Level.Warning) with
        {
            Location = location,
            Related = related,
            Evidence =
            [
                new(probabilities ? "batches of probabilities" : "batches with log-probabilities above 0", guilty.Share, "0", "definition"),
                .. example.MadeBy is { } made ? new Evidence[] { new("made by", made + Place(example.MadeAt)) } : [],
                .. example.Input is { Min: not null } input ? new Evidence[] { new("values", Values(input)) } : [],
            ],
            Fixes = [Fix(guilty.Kind, probabilities)],
        });
    }

    /// <summary>libtorch refuses what is not in [0, 1]. NaN is not either, and is another finding.</summary>
    Verdict OutOfRange(ExceptionRaised crash)
    {
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0] : null;
        if (input?.NonFinite > 0 || input?.Min is null && _binaryCalls > 0) return NotEnoughEvidence("what binary cross-entropy refused may have been NaN");
        return Found(Finding("raw scores are given to binary cross-entropy, which expects probabilities and refuses them", EvidenceClass.Proved) with
        {
            Location = At(crash.Stack.Count > 0 ? crash.Stack[0] : null, crash.Module),
            Evidence = [.. input is { Min: not null } ? new Evidence[] { new("values", Values(input), "0 to 1", "definition") } : [], new("exception", crash.Message)],
            Fixes = ["use binary cross-entropy with logits on the raw scores, or a sigmoid before binary cross-entropy"],
        });
    }

    static string Fix(string kind, bool probabilities) => (kind, probabilities) switch
    {
        ("kl-div", _) => "use log_softmax for the prediction",
        (_, true) => "use log_softmax instead of softmax, or cross-entropy on the raw scores",
        _ => "use cross-entropy on the raw scores, or log_softmax before the negative log-likelihood",
    };

    static string Values(TensorFacts tensor) => tensor is { Min: { } min, Max: { } max }
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{min:0.###} to {max:0.###}") : "not measured";
}
