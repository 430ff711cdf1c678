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

    readonly LineReader _lines;
    readonly long _maxBytes;

    public Feed(RunBudget? budget = null, int maxLineBytes = MaxLineBytes, long maxBytes = MaxBytes)
    {
        Run = new Run(budget: budget ?? RunBudget.Reading);
        _maxBytes = maxBytes;
        _lines = new LineReader(Add, maxLineBytes);
    }

    /// <summary>What has come so far.</summary>
    public Run Run { get; }

    /// <summary>Lines of an unknown kind, or that are no record at all.</summary>
    public long Skipped => _lines.Skipped;

    /// <summary>The input is more than can be held, or mostly broken: nothing more is taken.</summary>
    public bool Truncated => _lines.IsStopped;

    public void Push(ReadOnlySpan<byte> bytes) => _lines.Push(bytes);

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
        var torn = _lines.Complete();
        Run.Complete();
        return new RecordedRun(Run, Skipped, CutOff: torn, Truncated);
    }

    void Add(Observation observation, int bytes)
    {
        Run.AddMeasured(observation, bytes);
        if (Run.KeptBytes > _maxBytes) _lines.Stop();
    }
}
