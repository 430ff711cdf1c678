using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>A check that follows the attempts on the single batch and the experiments that came after them.</summary>
public abstract class SingleBatchCheck(CheckInfo info) : Check(info), IReads<SingleBatchTried>, IReads<ExperimentFinished>
{
    protected List<SingleBatchTried> Attempts { get; } = [];
    protected List<ExperimentFinished> Experiments { get; } = [];

    /// <summary>The vote of all seeds; null before the first attempt.</summary>
    protected SingleBatchVerdict? Vote => Attempts.Count == 0 ? null : SingleBatchVote.Of([.. Attempts.Select(a => a.Verdict)]);

    protected bool Fails => Vote is { } vote && SingleBatchVote.IsSymptom(vote);

    void IReads<SingleBatchTried>.Read(SingleBatchTried observation) => Attempts.Add(observation);

    void IReads<ExperimentFinished>.Read(ExperimentFinished observation) => Experiments.Add(observation);

    /// <summary>The symptom in words: "plateaus".</summary>
    protected static string Words(SingleBatchVerdict verdict) => verdict switch
    {
        SingleBatchVerdict.GoesUp => "goes up",
        SingleBatchVerdict.Explodes => "explodes",
        SingleBatchVerdict.Oscillates => "oscillates",
        SingleBatchVerdict.Plateaus => "plateaus",
        SingleBatchVerdict.Passes => "is fitted",
        _ => "is undecided",
    };
}
