using System.Net.Sockets;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Python;

/// <summary>One process that is watched. What it says is held back, within bounds, until it is clear whether it is the one that trains.</summary>
sealed class ProbeConnection : IDisposable
{
    const int MostHeld = 100_000;
    const long MostHeldBytes = 64 << 20;

    readonly LineReader _lines;
    readonly Action<ProbeConnection, Observation> _received;
    List<Observation>? _held = [];
    long _heldBytes;

    public ProbeConnection(Socket socket, Action<ProbeConnection, Observation> received)
    {
        (Socket, _received) = (socket, received);
        _lines = new LineReader(Take);
    }

    public Socket Socket { get; }

    /// <summary>Bytes received.</summary>
    public long Bytes { get; private set; }

    public bool HasSpoken { get; private set; }

    /// <summary>A backward pass or an optimizer's step was seen.</summary>
    public bool Trains { get; private set; }

    /// <summary>Its place among the processes of a distributed training.</summary>
    public int Rank { get; private set; }

    public long Skipped => _lines.Skipped;

    /// <param name="isWanted">False when another process was chosen: then it is only read, so that its sender never waits, until it is known to train.</param>
    public void Push(ReadOnlySpan<byte> bytes, bool isWanted)
    {
        Bytes += bytes.Length;
        if (isWanted || !Trains) _lines.Push(bytes);
    }

    public void Complete() => _lines.Complete();

    /// <summary>What was held back; from now on nothing is.</summary>
    public IReadOnlyList<Observation> TakeHeld()
    {
        var held = _held ?? [];
        _held = null;
        return held;
    }

    public void Dispose() => Socket.Dispose();

    void Take(Observation observation, int bytes)
    {
        // The host's own: a probe does not write them.
        if (observation is RunStarted or RunEnded or RecordsThinned) return;
        HasSpoken = true;
        if (observation is ProgramStarted started) Rank = started.Rank;
        if (observation is LoopEvent { Action: LoopAction.Backward or LoopAction.OptimizerStep }) Trains = true;
        if (_held is not null && _held.Count < MostHeld && _heldBytes + bytes <= MostHeldBytes)
        {
            _held.Add(observation);
            _heldBytes += bytes;
        }

        _received(this, observation);
    }
}
