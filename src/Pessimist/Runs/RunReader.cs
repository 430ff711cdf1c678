using System.Buffers;
using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>A run as read back from its lines.</summary>
/// <param name="Skipped">Lines of an unknown kind, or that are no record at all.</param>
/// <param name="CutOff">The last line was incomplete, as a killed process leaves it.</param>
/// <param name="Truncated">Reading stopped at the limit of records or bytes.</param>
public sealed record RecordedRun(Run Run, int Skipped, bool CutOff, bool Truncated);

/// <summary>
/// Reads JSON Lines of observations. The input may come from anywhere: a line that is too long, broken, or of a kind that this
/// version does not know is skipped and counted, and what is held in memory is bounded.
/// </summary>
public static class RunReader
{
    /// <summary>Room for the profile of 100,000 columns.</summary>
    public const int MaxLineBytes = 128 << 20;
    public const int MaxRecords = 1_000_000;
    public const long MaxBytes = 1L << 30;

    /// <exception cref="PessimistException">The file cannot be read, or holds no observation.</exception>
    public static RecordedRun Read(RunEntry entry)
    {
        try
        {
            using var file = new FileStream(entry.ObservationsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
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

    public static RecordedRun Read(Stream stream, int maxLineBytes = MaxLineBytes, int maxRecords = MaxRecords, long maxBytes = MaxBytes)
    {
        var run = new Run();
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        var line = new ArrayBufferWriter<byte>();
        int records = 0, skipped = 0;
        long total = 0;
        bool tooLong = false, truncated = false;
        int read;
        while (!truncated && (read = stream.Read(buffer)) > 0)
        {
            var chunk = buffer.AsSpan(0, read);
            while (!truncated && chunk.Length > 0)
            {
                var end = chunk.IndexOf((byte)'\n');
                var part = end < 0 ? chunk : chunk[..end];
                if (line.WrittenCount + part.Length > maxLineBytes) tooLong = true;
                if (!tooLong) line.Write(part);
                chunk = end < 0 ? [] : chunk[(end + 1)..];
                if (end >= 0) EndLine();
            }

            total += read;
            truncated |= total >= maxBytes;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        // A whole last line that lacks only its line feed counts; a torn one does not parse.
        var rest = line.WrittenCount > 0 || tooLong;
        var before = skipped;
        if (rest && !truncated) EndLine();
        return new RecordedRun(run, before, CutOff: rest && (skipped > before || truncated), truncated);

        void EndLine()
        {
            if (!tooLong && line.WrittenSpan.Trim(" \t\r"u8).IsEmpty)
            {
                line.ResetWrittenCount();
                return;
            }

            if (!tooLong && ObservationLine.Read(line.WrittenSpan) is { } observation)
            {
                run.Add(observation);
                truncated = ++records >= maxRecords;
            }
            else
            {
                skipped++;
            }

            line.ResetWrittenCount();
            tooLong = false;
        }
    }
}
