using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>
/// What the walk tells somebody who waits. Calls come in order from one thread at a time; they must be cheap, because the walk waits for
/// them, and they must not throw.
/// </summary>
public interface IWalkProgress
{
    /// <summary>A stage begins. It ends with <see cref="StageFinished"/>, unless the walk was interrupted.</summary>
    /// <param name="number">Position in the walk, from 1.</param>
    void StageStarted(int number, int stages, string name);

    /// <summary>May be called as often as is convenient: every training step is fine.</summary>
    void Stepped(WalkStep step);

    /// <summary>A line worth keeping on the screen: a choice that was made, an assumption.</summary>
    void Said(string message);

    void StageFinished(StageFinished stage);
}

/// <summary>Where the running stage is.</summary>
/// <param name="What">A few words, as <c>epoch 3 of 20, loss 0.214</c>.</param>
/// <param name="Done">Steps done, 0 to <paramref name="Total"/>.</param>
/// <param name="Total">Steps of the stage, or 0 when nobody knows.</param>
/// <param name="Remaining">Time left for the stage where the walk knows better than the pace so far, as under a budget; else null.</param>
public readonly record struct WalkStep(string What, long Done, long Total, TimeSpan? Remaining = null);

/// <summary>Nobody waits.</summary>
public sealed class NoProgress : IWalkProgress
{
    public static NoProgress Instance { get; } = new();

    NoProgress()
    {
    }

    public void StageStarted(int number, int stages, string name)
    {
    }

    public void Stepped(WalkStep step)
    {
    }

    public void Said(string message)
    {
    }

    public void StageFinished(StageFinished stage)
    {
    }
}
