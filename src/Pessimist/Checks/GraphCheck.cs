using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>A check of a watched program that looks at the graphs of its traced steps.</summary>
public abstract class GraphCheck(CheckInfo info) : ProgramCheck(info), IReads<OperationSeen>
{
    protected OperationGraph Graph { get; } = new();

    void IReads<OperationSeen>.Read(OperationSeen observation) => Graph.Read(observation);

    protected static Verdict NoTrace => NotEnoughEvidence("no step was traced operation by operation");
}
