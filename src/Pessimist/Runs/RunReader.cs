namespace Pessimist.Runs;

/// <summary>A run as read back from its lines.</summary>
/// <param name="Skipped">Lines of an unknown kind, or that are no record at all.</param>
/// <param name="CutOff">The last line was incomplete, as a killed process leaves it.</param>
/// <param name="Truncated">Reading stopped because there was too much to hold, or too much that is broken.</param>
public sealed record RecordedRun(Run Run, long Skipped, bool CutOff, bool Truncated);

/// <summary>Reads the observations of a recorded run.</summary>
public static class RunReader
{
    /// <exception cref="PessimistException">The file cannot be read, or holds no observation.</exception>
    public static RecordedRun Read(RunEntry entry)
    {
        try
        {
            using var file = Open(entry);
            var recorded = Read(file);
            return recorded.Run.Observations.Count > 0
                ? recorded
                : throw new PessimistException($"{entry.ObservationsPath} holds no observation that this version knows", "the run ended before it began, or was recorded by another version; run it again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PessimistException($"{entry.ObservationsPath} cannot be read: {e.Message}", "check that the file exists and may be read", e);
        }
    }

    /// <summary>To the end of the stream.</summary>
    public static RecordedRun Read(Stream stream, RunBudget? budget = null, int maxLineBytes = Feed.MaxLineBytes, long maxBytes = Feed.MaxBytes)
    {
        var feed = new Feed(budget, maxLineBytes, maxBytes);
        feed.Pull(stream);
        return feed.Complete();
    }

    /// <summary>The observations of a run that may still be written to.</summary>
    public static FileStream Open(RunEntry entry) => new(entry.ObservationsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
}
