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
    const int MostFollowed = 256;

    List<double> _followed = [];
    long _followedFrom;
    Site? _followedAt;
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
        if (_lastIsTold)
        {
            TellFollowed();
            Tell(_lastTurn);
        }
        else Follow(_lastTurn);
        _moves.Clear();
        _order = default;
        _newEpoch = false;
        _unended = 0;
    }

    /// <summary>The last turn is told in any case.</summary>
    public void Finish()
    {
        // The loss of the last turn is told with its moves.
        if (!_lastIsTold && _followed.Count > 0 && _lastTurn.Count > 0 && _followedFrom + _followed.Count == _lastTurn[0].Step + 1) _followed.RemoveAt(_followed.Count - 1);
        TellFollowed();
        if (!_lastIsTold) Tell(_lastTurn);
        Tell(_moves);
        _lastIsTold = true;
        _moves.Clear();
    }

    /// <summary>The loss of a turn that is not told, when it has one backward pass.</summary>
    void Follow(List<Move> turn)
    {
        Move? only = null;
        foreach (ref readonly var move in CollectionsMarshal.AsSpan(turn))
        {
            if (move.Action != LoopAction.Backward) continue;
            if (only is not null) return;
            only = move;
        }

        if (only is not { Loss: { } loss, Step: var step, Site: var site }) return;
        if (_followed.Count > 0 && (_followed.Count >= MostFollowed || _followedFrom + _followed.Count != step)) TellFollowed();
        if (_followed.Count == 0) (_followedFrom, _followedAt) = (step, site);
        _followed.Add(loss);
    }

    void TellFollowed()
    {
        if (_followed.Count == 0) return;
        session.Recording.Add(new LossesFollowed { Step = _followedFrom, Values = _followed, Site = _followedAt });
        _followed = [];
    }

    void Tell(List<Move> moves)
    {
        foreach (ref readonly var move in CollectionsMarshal.AsSpan(moves)) session.Recording.Add(move.ToObservation());
    }
}
