using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Which tensors of the turn a value was computed from, with or without gradients.</summary>
static class Ancestry
{
    /// <returns>Their addresses, as far as they are alive.</returns>
    public static HashSet<long> Of(Tensor value, Session session)
    {
        var flight = session.Flight;
        var makers = new Dictionary<long, int>();
        for (var i = flight.Count - 1; i >= 0; i--)
            if (flight.Back(i).Output is { } output && Session.IdentityOf(output) is not 0 and var address)
                makers[address] = i;
        var found = new HashSet<long>();
        var open = new Stack<long>();
        Add(value);
        while (open.TryPop(out var address))
        {
            if (!makers.TryGetValue(address, out var maker)) continue;
            ref readonly var call = ref flight.Back(maker);
            Add(call.A);
            Add(call.B);
            Add(call.C);
        }

        return found;

        void Add(Tensor? tensor)
        {
            if (tensor is not null && Session.IdentityOf(tensor) is not 0 and var address && found.Add(address)) open.Push(address);
        }
    }
}
