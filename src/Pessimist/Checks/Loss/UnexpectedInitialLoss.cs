using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES311 unexpected-initial-loss</summary>
public sealed class UnexpectedInitialLoss(UnexpectedInitialLoss.Limits limits) : SingleBatchCheck(About), IReads<InitialLossObserved>
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
            train well. So a batch that is fitted makes this a note. Fine-tuning starts below ln K by right.

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

    public void Read(InitialLossObserved observation) => _observed ??= observation;

    public override Verdict Conclude()
    {
        if (_observed is not { } observed) return NotEnoughEvidence("the loss of the untrained network was not measured");
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
}
