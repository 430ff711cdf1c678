using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES311 unexpected-initial-loss</summary>
public sealed class UnexpectedInitialLoss(UnexpectedInitialLoss.Limits limits) : ProgramCheck(About), IReads<InitialLossObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES311",
        Name = "unexpected-initial-loss",
        Level = Level.Warning,
        Summary = "the untrained network's loss is far from that of knowing nothing",
        Docs = """
            ## Why it matters
            Before the first step a classifier should be as good as guessing: a loss of ln K. Far above, it is sure of what it cannot know: weights or
            inputs are too large. Far below, it knows something: the target is among the inputs, or the loss is not what it seems.

            ## When it is a false alarm
            He-normal weights in every layer, the last one included, begin above ln K (about 1.3 times for one hidden layer, twice for LeNet) and
            train well. So a batch that is fitted or a program that learns makes this a note. Fine-tuning starts below ln K by right:
            of a watched program only a first loss far above is told.

            ## What to do
            Normalize the inputs, use a default initialization with small weights in the last layer, and check the encoding of the labels.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Times the expected loss, or its inverse.</summary>
        [Origin(Origin.Published, "TheDeepChecker: a deviation of 100 % of ln K")] public double Factor { get; init; } = 2;

        public bool IsOff(double loss, double expected) => !double.IsFinite(loss) || expected > 0 && (loss > Factor * expected || loss < expected / Factor);
    }

    InitialLossObserved? _observed;

    LossObserved? _first;

    public void Read(InitialLossObserved observation) => _observed ??= observation;

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (_first is null && observation is { Step: 0, Phase: Phase.Train }) _first = observation;
    }

    public override Verdict Conclude()
    {
        if (_observed is not { } observed) return Watched();
        if (!(observed.Expected > 0)) return NotApplicable("nobody knows what the loss should be");
        if (!limits.IsOff(observed.Loss, observed.Expected))
            return Passed(string.Create(CultureInfo.InvariantCulture, $"{observed.Loss:0.###}, expected {observed.Expected:0.###} ({observed.ExpectedAs})"));
        var confirmed = Experiments.FirstOrDefault(e => e.For == "initial-loss" && e.Outcome == ExperimentOutcome.Confirmed);
        var finding = Finding(string.Create(CultureInfo.InvariantCulture, $"the untrained network has loss {observed.Loss:0.###}, one that knows nothing {observed.Expected:0.###}"),
            confirmed is null ? EvidenceClass.Suspected : EvidenceClass.Confirmed, Fails ? Level.Warning : Level.Note);
        return Found(finding with
        {
            Evidence =
            [
                new("initial loss", string.Create(CultureInfo.InvariantCulture, $"{observed.Loss:0.###}"),
                    string.Create(CultureInfo.InvariantCulture, $"{observed.Expected:0.###} ({observed.ExpectedAs}), within a factor of {limits.Factor}"), "published"),
                new("root mean square of the outputs", string.Create(CultureInfo.InvariantCulture, $"{observed.OutputScale:0.###}")),
            ],
            Causes = confirmed?.Cause is { } cause ? [new Cause(cause, 1, confirmed.Id)] : [],
            Confirmation = confirmed?.Confirmation ?? "",
            Notes = [.. new[] { observed.Reason, Fails ? null : "the network trains all the same" }.OfType<string>().Where(n => confirmed is null || n != observed.Reason)],
            Fixes = confirmed?.Remedy is { } remedy ? [$"use {remedy}"] : ["normalize the inputs; use a default initialization, with small weights in the last layer"],
        });
    }

    /// <summary>A watched program: its first loss against ln K, or the mean square of the targets, which an output of about 0 has.</summary>
    Verdict Watched()
    {
        if (_first is not { } first) return NotEnoughEvidence("the loss of the untrained network was not measured");
        if (first is not { Reduction: "mean", Weighted: false } || Expected(first) is not (var expected and > 0, var words)) return NotApplicable("nobody knows what the loss should be");
        var told = string.Create(CultureInfo.InvariantCulture, $"{first.Value:0.###}, expected {expected:0.###} ({words})");
        if (!(first.Value > limits.Factor * expected)) return Passed(told);
        if (!HasSymptom && Progress.State == Signals.ProgressState.TooShort) return NotEnoughEvidence($"{told}; too few steps to see whether it matters");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the untrained network has loss {first.Value:0.###}, one that knows nothing {expected:0.###}"), EvidenceClass.Suspected, HasSymptom ? Level.Warning : Level.Note) with
        {
            Location = first.Site is { } site ? new Location(site.File, site.Line, site.Function) : null,
            Evidence =
            [
                new("first loss", string.Create(CultureInfo.InvariantCulture, $"{first.Value:0.###}"), string.Create(CultureInfo.InvariantCulture, $"{expected:0.###} ({words}), within a factor of {limits.Factor}"), "published"),
                .. first.Input is { Min: { } min, Max: { } max } ? new Evidence[] { new("outputs", string.Create(CultureInfo.InvariantCulture, $"{min:0.###} to {max:0.###}")) } : [],
                .. HasSymptom ? new Evidence[] { new("symptom", Symptom) } : [],
            ],
            Notes = HasSymptom ? [] : ["the network trains all the same"],
            Fixes = ["normalize the inputs; use a default initialization, with small weights in the last layer"],
        });
    }

    static (double Expected, string Words)? Expected(LossObserved loss) => loss.Kind switch
    {
        "cross-entropy" or "nll" when loss.Input?.Shape is { Count: > 1 } shape && shape[1] > 1 => (Math.Log(shape[1]), string.Create(CultureInfo.InvariantCulture, $"ln {shape[1]}")),
        "bce" or "bce-with-logits" => (Math.Log(2), "ln 2"),
        "mse" when loss.Target is { Mean: { } mean, Std: { } std } => (mean * mean + std * std, "the mean square of the targets"),
        _ => null,
    };
}
