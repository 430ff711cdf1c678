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

    readonly List<LoopEvent> _moves = [];
    readonly HashSet<int> _orders = [];
    HashCode _order;
    int _epochs;
    int _unended;
    bool _newEpoch;

    public void Add(LoopEvent move)
    {
        _moves.Add(move);
        _order.Add(move.Action);
        _order.Add(move.Subject ?? -1);
        if (move.Action == LoopAction.Epoch && _epochs++ < MostEpochs) _newEpoch = true;
        if (_moves.Count < MostMoves) return;
        if ((_unended += _moves.Count) < MostUnended) Tell();
        _moves.Clear();
    }

    /// <summary>Changes the last move, when more is known of it.</summary>
    public void Amend(LoopAction action, Func<LoopEvent, LoopEvent> change)
    {
        if (_moves.FindLastIndex(m => m.Action == action) is >= 0 and var at) _moves[at] = change(_moves[at]);
    }

    public void EndTurn()
    {
        var isNew = _orders.Count < MostOrders && _orders.Add(_order.ToHashCode());
        if (isNew || _newEpoch || session.Sampling.Records) Tell();
        _moves.Clear();
        _order = default;
        _newEpoch = false;
        _unended = 0;
    }

    public void Finish()
    {
        Tell();
        _moves.Clear();
    }

    void Tell()
    {
        foreach (var move in _moves) session.Recording.Add(move);
    }
}
