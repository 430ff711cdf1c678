using System.Diagnostics;

namespace Pessimist.Engine.Walk;

/// <summary>Progress of a training in words, with the time left: that of the pace so far or of the budget, whichever is shorter.</summary>
static class Telling
{
    public static Action<long, long> Steps(WalkContext context, string what, int epochs, Deadline deadline)
    {
        var started = Stopwatch.GetTimestamp();
        return (done, total) =>
        {
            var pace = Stopwatch.GetElapsedTime(started) * ((double)(total - done) / done);
            var epoch = (done - 1) * epochs / Math.Max(1, total) + 1;
            context.Progress.Stepped(new WalkStep($"{what}: epoch {epoch} of at most {epochs}", done, total, pace < deadline.Remaining ? pace : deadline.Remaining));
        };
    }
}
