namespace Pessimist.Torch;

/// <summary>
/// Disposes of every tensor created on this thread while it is the innermost scope, except those moved out or kept:
/// <c>using var scope = Scope.New();</c> once a step frees what the step made. Scopes belong to a thread and nest; an
/// <c>await</c> inside one may resume elsewhere, so don't.
/// </summary>
public sealed class Scope : IDisposable
{
    [ThreadStatic]
    static Scope? t_current;

    [ThreadStatic]
    static Stack<List<Tensor>>? t_spare;

    readonly Scope? _parent;
    List<Tensor>? _tensors;

    Scope()
    {
        _tensors = t_spare is { Count: > 0 } spare ? spare.Pop() : new List<Tensor>(64);
        _parent = t_current;
        t_current = this;
    }

    /// <summary>Opens a scope inside the current one.</summary>
    public static Scope New() => new();

    internal static Scope? Current => t_current;

    internal void Add(Tensor tensor) => _tensors?.Add(tensor);

    /// <summary>Lets the tensor live on in the scope around this one, or free of any where there is none.</summary>
    public Tensor MoveOut(Tensor tensor)
    {
        tensor.Owner = _parent;
        _parent?.Add(tensor);
        return tensor;
    }

    /// <summary>Takes the tensor out of every scope: it lives until disposed of or collected.</summary>
    public static Tensor Keep(Tensor tensor)
    {
        tensor.Owner = null;
        return tensor;
    }

    public void Dispose()
    {
        if (_tensors is not { } tensors) return;
        _tensors = null;
        for (var scope = t_current; scope is not null; scope = scope._parent)
        {
            if (scope != this) continue;
            // Inner scopes that were never closed end with this one.
            while (t_current != this) t_current!.Dispose();
            t_current = _parent;
            break;
        }
        foreach (var tensor in tensors)
        {
            if (tensor.Owner == this) tensor.Dispose();
        }
        tensors.Clear();
        (t_spare ??= new()).Push(tensors);
    }
}
