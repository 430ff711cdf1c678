using System.Runtime.InteropServices;
using Pessimist.Observations;

namespace Pessimist.Engine.Watching;

/// <summary>
/// The moves of the loop. They are held back until the turn ends: then it is known whether it is one to be recorded, being new, sampled, or
/// in another order than those before.
/// </summary>
sealed class Loop(Session session)
{
    /// <summary>Moves in a turn after which it is told as it is: a loop that never steps has only one.</summary>
    const int MostMoves = 128;
    const int MostOrders = 256;
    const int MostEpochs = 200;

    /// <summary>Moves that are told of a turn that does not end.</summary>
    const int MostUnended = 2000;

    List<Move> _moves = [];
    List<Move> _lastTurn = [];
    bool _lastIsTold = true;
    readonly HashSet<int> _orders = [];
    int _order;
    int _epochs;
    int _unended;
    bool _newEpoch;
    Move _none;

    public void Add(in Move move)
    {
        _moves.Add(move);
        _order = HashCode.Combine(_order, move.Action, move.Subject);
        if (move.Action == LoopAction.Epoch && _epochs++ < MostEpochs) _newEpoch = true;
        if (_moves.Count < MostMoves) return;
        if ((_unended += _moves.Count) < MostUnended) Tell(_moves);
        _moves.Clear();
    }

    /// <summary>The last move of this kind, to add what became known of it. Valid until the next move.</summary>
    public ref Move Last(LoopAction action)
    {
        var moves = CollectionsMarshal.AsSpan(_moves);
        for (var i = moves.Length - 1; i >= 0; i--)
            if (moves[i].Action == action)
                return ref moves[i];
        return ref _none;
    }

    public void EndTurn()
    {
        var isNew = _orders.Count < MostOrders && _orders.Add(_order);
        (_lastTurn, _moves) = (_moves, _lastTurn);
        _lastIsTold = isNew || _newEpoch || session.Sampling.Records;
        if (_lastIsTold) Tell(_lastTurn);
        _moves.Clear();
        _order = default;
        _newEpoch = false;
        _unended = 0;
    }

    /// <summary>The last turn is told in any case.</summary>
    public void Finish()
    {
        if (!_lastIsTold) Tell(_lastTurn);
        Tell(_moves);
        _lastIsTold = true;
        _moves.Clear();
    }

    void Tell(List<Move> moves)
    {
        foreach (ref readonly var move in CollectionsMarshal.AsSpan(moves)) session.Recording.Add(move.ToObservation());
    }
}
