using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Nn;

public abstract partial class Module
{
    [ThreadStatic]
    static int t_depth;

    List<Func<Module, Tensor, Tensor?>>? _before;
    List<Func<Module, Tensor, Tensor, Tensor?>>? _after;

    internal bool HasHooks => _before is { Count: > 0 } || _after is { Count: > 0 };

    /// <summary>Runs the module with its hooks.</summary>
    /// <exception cref="TorchException">An operator failed; the message names the module, the line that made it, and the input.</exception>
    public Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>As <see cref="Forward(Tensor)"/>, with another formula for this one call: for modules that take or give more than one
    /// tensor, as a recurrent one does its state. Hooks see the first input and the first output.</summary>
    protected Tensor Forward(Tensor input, Func<Tensor, Tensor>? compute)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Watcher.Current is { } watcher ? Watched(watcher, input, compute) : Hooked(input, compute);
    }

    Tensor Watched(Watcher watcher, Tensor input, Func<Tensor, Tensor>? compute)
    {
        if (t_depth > 0 && !watcher.SeesInnerModules)
            return Hooked(input, compute);
        t_depth++;
        try
        {
            input = watcher.Forward(this, input) ?? input;
            var output = Hooked(input, compute);
            return watcher.Forwarded(this, input, output) ?? output;
        }
        catch (Exception e) when (e is not StopProgramException)
        {
            watcher.ForwardFailed(this, input, e);
            throw;
        }
        finally
        {
            t_depth--;
        }
    }

    Tensor Hooked(Tensor input, Func<Tensor, Tensor>? compute)
    {
        if (_before is null && _after is null)
            return Guarded(input, compute);
        foreach (var hook in _before?.ToArray() ?? [])
            input = hook(this, input) ?? input;
        var output = Guarded(input, compute);
        foreach (var hook in _after?.ToArray() ?? [])
            output = hook(this, input, output) ?? output;
        return output;
    }

    // The innermost module names itself and its line: an operator's message alone does not say which layer it was.
    Tensor Guarded(Tensor input, Func<Tensor, Tensor>? compute)
    {
        try
        {
            return compute is not null ? compute(input) : IsUnseen && _own!.Length > 1 ? Tidied(input) : Compute(input);
        }
        catch (TorchException e) when (e.InnerException is not TorchException)
        {
            var name = NamedChildren().Any() ? TypeName : ToString();
            throw new TorchException($"{name}{(CreatedAt is null ? "" : $", made at {CreatedAt},")} failed on {input.Describe()}: {e.Message}", e) { Operator = e.Operator };
        }
    }

    Module[]? _own;

    /// <summary>No gradient is recorded, and nobody but the engine's layers gets hold of what passes between those of this module: then it may be freed
    /// early, or overwritten. While training, what a step takes is promised by <see cref="Models.ModelSummary"/>, which looks through hooks.</summary>
    private protected bool IsUnseen
    {
        get
        {
            if (Autograd.IsEnabled || Watcher.Current is { } watcher && (watcher.SeesInnerModules || watcher.SeesOperators))
                return false;
            foreach (var module in _own ??= Own())
                if (module._before is { Count: > 0 } || module._after is { Count: > 0 })
                    return false;
            return _own.Length > 0;
        }
    }

    // This and all below it; nothing where one is not the engine's, for it may keep what it is given. The engine's do not change their children.
    Module[] Own()
    {
        Module[] all = [.. NamedModules().Select(m => m.Module)];
        return Array.TrueForAll(all, m => m.GetType().Assembly == typeof(Module).Assembly) ? all : [];
    }

    // What the next layer has taken in goes back to the allocator, which hands it out again while it is still in the processor's cache.
    Tensor Tidied(Tensor input)
    {
        using var scope = Scope.New();
        var output = Compute(input);
        return output.Owner == scope ? scope.MoveOut(output) : output;
    }

    /// <summary>Calls <paramref name="hook"/> (module, input) before each forward; a tensor it returns replaces the input. Dispose the result to remove it.</summary>
    public IDisposable BeforeForward(Func<Module, Tensor, Tensor?> hook) => Add(ref _before, hook);

    /// <summary>Calls <paramref name="hook"/> (module, input, output) after each forward; a tensor it returns replaces the output. Dispose the result to remove it.</summary>
    public IDisposable AfterForward(Func<Module, Tensor, Tensor, Tensor?> hook) => Add(ref _after, hook);

    /// <summary>Observes only: <see cref="AfterForward(Func{Module, Tensor, Tensor, Tensor})"/> without a replacement.</summary>
    public IDisposable AfterForward(Action<Module, Tensor, Tensor> hook) => AfterForward((module, input, output) =>
    {
        hook(module, input, output);
        return null;
    });

    static Registration Add<T>(ref List<T>? hooks, T hook)
    {
        var list = hooks ??= [];
        list.Add(hook);
        return new(() => list.Remove(hook));
    }

    sealed class Registration(Action remove) : IDisposable
    {
        Action? _remove = remove;

        public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
    }
}
