using Pessimist.Engine.Watching.Lines;
using Pessimist.Observations;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>The lines of single operations. A stack is walked for each in traced turns; later ones are known by what they are and where.</summary>
sealed class OperationSites(Session session)
{
    readonly Dictionary<(string Operation, int Module, int Nth), Site?> _known = [];

    /// <summary>Walks the stack for the operation that was called last.</summary>
    public Site? Learn() => _known[Key(0)] = CallStack.Find();

    /// <summary>Line of the operation so many calls back; null where it was never traced.</summary>
    public Site? Of(int back) => _known.GetValueOrDefault(Key(back));

    (string, int, int) Key(int back)
    {
        var flight = session.Flight;
        ref readonly var call = ref flight.Back(back);
        var nth = 0;
        for (var i = flight.Count - 1; i > back; i--)
            if (ReferenceEquals(flight.Back(i).Kind, call.Kind) && flight.Back(i).Module == call.Module)
                nth++;
        return (call.Kind.Name, call.Module?.Id ?? 0, nth);
    }
}
