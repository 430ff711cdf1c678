using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>Undoes one thing that looks wrong in the program's own step: inserts zero_grad (E4), leaves a softmax before the loss out (E8), takes the
/// plain loss (E13), and the like.</summary>
public sealed class UndoSuspicion(Deviation suspicion) : Experiment(
    suspicion is { } s ? $"undo-{s.Cause}" : "", $"does the batch fit with {suspicion?.Undo.Words}?", 2, suspicion?.Cause ?? "")
{
    public override bool Applies(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return !context.Undone.Contains(suspicion);
    }

    public override ExperimentFinished Run(ExperimentContext context) => this.Undone(context, suspicion);
}
