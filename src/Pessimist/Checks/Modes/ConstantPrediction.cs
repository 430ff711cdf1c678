using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES611 constant-prediction</summary>
public sealed class ConstantPrediction(ConstantPrediction.Limits limits) : Check(About), IReads<ConfusionMeasured>, IReads<BaselineCompared>, IReads<LossObserved>, IReads<BatchObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES611",
        Name = "constant-prediction",
        Level = Level.Warning,
        Summary = "the network predicts one class, or the mean, for practically every example",
        Docs = """
            ## Why it matters
            The network found the best answer that needs no input. Either the inputs do not reach it (dead units, a far too high or low learning rate,
            zeroed inputs), or they say nothing about the target.

            ## When it is a false alarm
            Where one class makes nearly all examples, predicting it may be the best that accuracy rewards: judge by another metric.

            ## What to do
            Read the findings about the single batch first. If a batch can be fitted, check that labels belong to the inputs, and weight rare classes.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Validation examples of other classes that are needed to say anything.</summary>
        [Origin(Origin.Convention)] public int Others { get; init; } = 5;

        /// <summary>Examples predicted as another class, for each example of another class.</summary>
        [Origin(Origin.Convention)] public double Predicted { get; init; } = 0.02;

        /// <summary>Relative difference to the error of the mean, for numbers.</summary>
        [Origin(Origin.Convention)] public double SameError { get; init; } = 0.001;

        /// <summary>Entropy of the classes over that of even ones, below which they are skewed.</summary>
        [Origin(Origin.Convention, "two classes, one of them rarer than one in seven")] public double Skewed { get; init; } = 0.6;

        /// <summary>Loss at the end of a watched program over the entropy of the classes.</summary>
        [Origin(Origin.Convention)] public double SameLoss { get; init; } = 0.85;

        /// <summary>Examples that the losses of a watched program were taken over.</summary>
        [Origin(Origin.Convention)] public int Watched { get; init; } = 500;

        /// <summary>Examples needed to compare with the error of the mean.</summary>
        [Origin(Origin.Convention)] public int Count { get; init; } = 30;
    }

    // The last ones count: after tuning, the tuned network's.
    ConfusionMeasured? _confusion;
    BaselineCompared? _mean;

    public void Read(ConfusionMeasured observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Split == "validation") _confusion = observation;
    }

    public void Read(BaselineCompared observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Baseline == "mean") _mean = observation;
    }

    public override Verdict Conclude() => _confusion is { Counts.Count: > 1 } confusion ? OneClass(confusion)
        : _mean is { } mean ? TheMean(mean)
        : _frequencies.Seen ? TheFrequencies()
        : NotEnoughEvidence("no predictions were counted");

    Verdict OneClass(ConfusionMeasured confusion)
    {
        var classes = confusion.Counts.Count;
        long[] predicted = [.. Enumerable.Range(0, classes).Select(j => confusion.Counts.Sum(row => (long)row[j]))];
        long total = predicted.Sum(), most = predicted.Max();
        var only = Array.IndexOf(predicted, most);
        long others = total - confusion.Counts[only].Sum(c => (long)c), predictedOthers = total - most;
        if (others < limits.Others) return NotEnoughEvidence($"{others} validation examples of other classes are too few");
        if (predictedOthers > limits.Predicted * others) return Passed("more than one class is predicted");
        return Found(Finding($"the network predicts \"{confusion.Classes[only]}\" for {Share(most, total)} of the validation examples", EvidenceClass.Suspected) with
        {
            Evidence =
            [
                new("predictions of another class", predictedOthers.ToString(CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"{limits.Predicted * 100:0.##} % of the {others:N0} examples of other classes"), "convention"),
                new($"examples of \"{confusion.Classes[only]}\"", Share(total - others, total)),
            ],
            Fixes = ["read the findings about the single batch and the learning rate first; weight rare classes if one class makes most examples"],
        });
    }

    readonly ClassFrequencies _frequencies = new();

    public void Read(LossObserved observation) => _frequencies.Read(observation);
    public void Read(BatchObserved observation) => _frequencies.Read(observation);

    /// <summary>Of a watched program: the loss of one that answers with the class frequencies, whatever the input.</summary>
    Verdict TheFrequencies()
    {
        if (_frequencies is not { Entropy: { } entropy, Rarest: { } rarest, LastLoss: { } last } || _frequencies.Examples < limits.Watched) return NotEnoughEvidence("too few losses and labels were seen");
        var text = string.Create(CultureInfo.InvariantCulture, $"{last:0.####}; the frequencies of the classes alone give {entropy:0.####}");
        if (entropy > limits.Skewed * Math.Log(_frequencies.Classes)) return NotApplicable("the classes are not so skewed that one of them could be the only answer");
        if (last < limits.SameLoss * entropy) return Passed($"the loss ends at {text}");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the network answers with the frequencies of the classes, whatever the input: the rarest class, {rarest:0.##%} of the examples, is never told apart"), EvidenceClass.Suspected) with
        {
            Location = Location.Of(_frequencies.Site),
            Evidence = [new("mean of the last losses", text, string.Create(CultureInfo.InvariantCulture, $"{limits.SameLoss * entropy:0.####}"), "convention")],
            Fixes = ["judge by recall, class by class; weight the loss of rare classes, or draw their examples more often"],
        });
    }

    Verdict TheMean(BaselineCompared mean)
    {
        if (mean.Count < limits.Count) return NotEnoughEvidence($"{mean.Count} examples are too few to compare");
        var difference = Math.Abs(mean.ModelValue - mean.BaselineValue) / Math.Max(Math.Abs(mean.BaselineValue), double.Epsilon);
        if (!(difference <= limits.SameError)) return Passed("predictions differ from the mean");
        return Found(Finding("the network predicts practically the mean for every example", EvidenceClass.Suspected) with
        {
            Evidence =
            [
                new($"{mean.Metric} on {mean.Count} {mean.Split} examples", string.Create(CultureInfo.InvariantCulture, $"{mean.ModelValue:0.####}, the mean {mean.BaselineValue:0.####}"),
                    string.Create(CultureInfo.InvariantCulture, $"a difference of {limits.SameError * 100:0.##} %"), "convention"),
            ],
            Fixes = ["read the findings about the single batch and the learning rate first; the inputs may say nothing about the target"],
        });
    }

    static string Share(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.##} %");
}
