using Pessimist.Observations;

namespace Pessimist.Engine.Watching;

/// <summary>A <see cref="LoopEvent"/> that may never be told: no object, since there are several in every step.</summary>
record struct Move(LoopAction Action, long Step, int? Subject, Site? Site)
{
    public double? LearningRate;
    public double? Loss;
    public double? GradientBefore;
    public double? Gradient;
    public bool Retained;
    public double? ClippedTo;
    public double? ClippedFrom;

    public readonly LoopEvent ToObservation() => new()
    {
        Action = Action,
        Step = Step,
        Subject = Subject,
        LearningRate = LearningRate,
        Loss = Loss,
        GradientBefore = GradientBefore,
        Gradient = Gradient,
        Retained = Retained,
        ClippedTo = ClippedTo,
        ClippedFrom = ClippedFrom,
        Site = Site,
    };
}
