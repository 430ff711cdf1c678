using Pessimist.Observations;

namespace Pessimist.Engine.Watching.Lines;

/// <summary>
/// The line of every move of the loop. A stack costs some 50 microseconds, so it is walked while the loop is new and where a move follows
/// two others that it did not follow before; else the line is the one of last time.
/// </summary>
sealed class Sites
{
    /// <summary>Turns in which every stack is walked.</summary>
    const int NewTurns = 3;
    const int MostWalks = 5000;

    readonly Dictionary<(int, int, int), Site?> _known = [];
    int _before;
    int _last;
    int _walks;

    /// <param name="move">What happens and to whom, as a number.</param>
    /// <param name="turn">Rounds of the loop so far.</param>
    public Site? Of(int move, long turn)
    {
        var key = (_before, _last, move);
        (_before, _last) = (_last, move);
        if (turn >= NewTurns && _known.TryGetValue(key, out var site)) return site;
        if (++_walks > MostWalks) return _known.GetValueOrDefault(key);
        return _known[key] = CallStack.Find();
    }
}
