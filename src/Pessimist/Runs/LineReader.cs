using System.Buffers;
using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>
/// Makes observations of lines that come in pieces of any size. The input may come from anywhere: a line that is too long, broken, or of a
/// kind that this version does not know is skipped and counted.
/// </summary>
/// <param name="add">Takes each observation, with the length of its line in bytes.</param>
public sealed class LineReader(Action<Observation, int> add, int maxLineBytes = Feed.MaxLineBytes)
{
    readonly ArrayBufferWriter<byte> _line = new();
    bool _tooLong;
    int _broken;

    /// <summary>Lines of an unknown kind, or that are no record at all.</summary>
    public long Skipped { get; private set; }

    /// <summary>Nothing more is taken: the input was mostly broken, or the caller has enough.</summary>
    public bool IsStopped { get; private set; }

    public void Stop() => IsStopped = true;

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!IsStopped && bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_line.WrittenCount + part.Length > maxLineBytes) _tooLong = true;
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

    /// <summary>The end of the input. A whole last line that lacks only its line feed counts; a torn one does not.</summary>
    /// <returns>True when the last line was torn.</returns>
    public bool Complete()
    {
        var rest = _line.WrittenCount > 0 || _tooLong;
        var before = Skipped;
        if (rest && !IsStopped) EndLine(_line.WrittenSpan);
        var torn = rest && (Skipped > before || IsStopped);
        if (torn) Skipped = before;
        return torn;
    }

    void EndLine(ReadOnlySpan<byte> line)
    {
        var costly = false;
        if (!_tooLong && ObservationLine.Read(line, out costly) is { } observation)
        {
            add(observation, line.Length);
        }
        else if (_tooLong || !line.Trim(" \t\r"u8).IsEmpty)
        {
            Skipped++;
            if (costly && ++_broken > Feed.MaxBroken) Stop();
        }

        _line.ResetWrittenCount();
        _tooLong = false;
    }
}
