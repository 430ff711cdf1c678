using System.Buffers;
using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>
/// Makes a run of JSON Lines as they come, in pieces of any size: from a file that is read back, from one that still grows, or from a
/// socket. The input may come from anywhere: a line that is too long, broken, or of a kind that this version does not know
/// is skipped and counted, and what is held in memory is bounded.
/// </summary>
public sealed class Feed
{
    /// <summary>Room for the profile of 2,000 columns many times over.</summary>
    public const int MaxLineBytes = 16 << 20;

    /// <summary>Bytes of lines in memory, all kinds together.</summary>
    public const long MaxBytes = 512 << 20;

    /// <summary>Lines that look like a record and are none: no probe writes them, and each costs as much as many records.</summary>
    public const int MaxBroken = 50_000;

    const int ChunkBytes = 64 << 10;

    readonly int _maxLineBytes;
    readonly long _maxBytes;
    readonly ArrayBufferWriter<byte> _line = new();
    bool _tooLong;
    int _broken;

    public Feed(RunBudget? budget = null, int maxLineBytes = MaxLineBytes, long maxBytes = MaxBytes)
    {
        _maxLineBytes = maxLineBytes;
        _maxBytes = maxBytes;
        Run = new Run(budget: budget ?? RunBudget.Reading);
    }

    /// <summary>What has come so far.</summary>
    public Run Run { get; }

    /// <summary>Lines of an unknown kind, or that are no record at all.</summary>
    public long Skipped { get; private set; }

    /// <summary>The input is more than can be held, or mostly broken: nothing more is taken.</summary>
    public bool Truncated { get; private set; }

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!Truncated && bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_line.WrittenCount + part.Length > _maxLineBytes) _tooLong = true;
            if (end >= 0 && _line.WrittenCount == 0)
            {
                EndLine(part);
            }
            else
            {
                if (!_tooLong) _line.Write(part);
                if (end >= 0) EndLine(_line.WrittenSpan);
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    /// <summary>Takes what a stream has by now; at the end of a file that still grows there may be more later.</summary>
    /// <returns>Bytes taken.</returns>
    public long Pull(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long total = 0;
            while (!Truncated && stream.Read(buffer) is var read and > 0)
            {
                Push(buffer.AsSpan(0, read));
                total += read;
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Follows a file while it grows, until its run has ended or the caller cancels. After each piece the caller gets a turn, to ask
    /// a diagnosis or to draw.
    /// </summary>
    public async Task Follow(Stream file, TimeSpan pause, Action<Run> afterPiece, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && !Truncated)
        {
            if (Pull(file) > 0) afterPiece(Run);
            if (Run.Observations is [.., RunEnded]) return;
            await Task.Delay(pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The end of the input. A whole last line that lacks only its line feed counts; a torn one does not.</summary>
    public RecordedRun Complete()
    {
        var rest = _line.WrittenCount > 0 || _tooLong;
        var before = Skipped;
        if (rest && !Truncated) EndLine(_line.WrittenSpan);
        Run.Complete();
        return new RecordedRun(Run, before, CutOff: rest && (Skipped > before || Truncated), Truncated);
    }

    void EndLine(ReadOnlySpan<byte> line)
    {
        var costly = false;
        if (!_tooLong && ObservationLine.Read(line, out costly) is { } observation)
        {
            Run.AddMeasured(observation, line.Length);
            Truncated = Run.KeptBytes > _maxBytes;
        }
        else if (_tooLong || !line.Trim(" \t\r"u8).IsEmpty)
        {
            Skipped++;
            if (costly) Truncated = ++_broken > MaxBroken;
        }

        _line.ResetWrittenCount();
        _tooLong = false;
    }
}
