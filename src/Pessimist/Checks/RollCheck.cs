using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>A check of a watched program that brings parameters, optimizers and their measurements together.</summary>
public abstract class RollCheck(CheckInfo info) : ProgramCheck(info), IReads<ParameterObserved>, IReads<OptimizerBuilt>, IReads<ParametersMeasured>, IReads<OperationSeen>
{
    protected ParameterRoll Roll { get; } = new();

    void IReads<ParameterObserved>.Read(ParameterObserved observation) => Roll.Read(observation);

    void IReads<OptimizerBuilt>.Read(OptimizerBuilt observation)
    {
        Roll.Read(observation);
        OnOptimizer(observation);
    }

    void IReads<ParametersMeasured>.Read(ParametersMeasured observation)
    {
        Roll.Read(observation);
        OnParameters(observation);
    }

    void IReads<OperationSeen>.Read(OperationSeen observation)
    {
        Roll.Read(observation);
        OnOperation(observation);
    }

    /// <summary>Called for each operation of a traced step, in order.</summary>
    protected virtual void OnOperation(OperationSeen observation)
    {
    }

    /// <summary>Called for each optimizer that is built or changed, in order.</summary>
    protected virtual void OnOptimizer(OptimizerBuilt observation)
    {
    }

    /// <summary>Called for each sampled step, in order.</summary>
    protected virtual void OnParameters(ParametersMeasured observation)
    {
    }

    /// <summary>Some of a list's names, in quotes.</summary>
    protected static string Names(IEnumerable<RollEntry> entries) => Text.DidYouMean.List(entries.Select(e => e.FullName), 6);
}
