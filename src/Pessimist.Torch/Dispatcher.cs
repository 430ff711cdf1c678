using System.Collections.Concurrent;

namespace Pessimist.Torch;

/// <summary>Calls any operator of libtorch by its name, for those that have no method of their own.</summary>
public static class Dispatcher
{
    static readonly ConcurrentDictionary<(string, string), Operator> _operators = new();

    /// <summary>The operator, looked up once.</summary>
    /// <param name="name">With its namespace, such as <c>aten::add</c>.</param>
    /// <param name="overload">Such as <c>Tensor</c>; empty for the unnamed one.</param>
    public static Operator Find(string name, string overload = "") =>
        _operators.GetOrAdd((name, overload), static key => new Operator(key.Item1, key.Item2));

    /// <summary>Calls the operator and returns all its results.</summary>
    public static Value[] Call(string name, string overload, params ReadOnlySpan<Value> args) => Find(name, overload).CallAny(args);
}
