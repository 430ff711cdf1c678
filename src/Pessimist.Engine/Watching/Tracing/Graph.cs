using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Asks autograd's graph what a backward pass will reach. Every recorded result has a number of its own, by which it is known after it is gone.</summary>
static class Graph
{
    static readonly Operator _sequence = new("pessimist::sequence"), _reached = new("pessimist::reached");

    /// <param name="Nodes">Operations in the graph.</param>
    /// <param name="Leaves">How many of the parameters asked for a gradient flows to.</param>
    /// <param name="Found">For each number asked for, whether it is in the graph.</param>
    public readonly record struct Reach(long Nodes, long Leaves, bool[] Found);

    /// <summary>The number of the operation that made the tensor; -1 when none was recorded.</summary>
    public static long NumberOf(Tensor tensor) => tensor.RequiresGrad ? _sequence.CallAny(tensor)[0].AsInt() : -1;

    public static Reach From(Tensor root, long[] numbers, Tensor[] parameters)
    {
        var found = _reached.CallAny(root, numbers, parameters)[0].AsInts();
        return new Reach(found[0], found[1], [.. found.Skip(2).Select(f => f != 0)]);
    }
}
