using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Pessimist.Torch.Native;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Scripting;

/// <summary>One call into the interpreter, and what comes back out of it while it runs: submodules and operators, for hooks and watchers.</summary>
sealed unsafe class ScriptCall
{
    const int MostResults = 1024;

    readonly ScriptModule[] _modules;
    readonly IReadOnlyDictionary<long, Tensor> _known;
    readonly List<Tensor> _replaced = [];

    // No exception passes through the interpreter: the first waits here until it has returned.
    ExceptionDispatchInfo? _failure;

    ScriptCall(ScriptModule[] modules, IReadOnlyDictionary<long, Tensor> known) => (_modules, _known) = (modules, known);

    /// <param name="modules">The script's submodules by number, to be run with their hooks; null where nobody looks.</param>
    /// <param name="known">Parameters and buffers by identity: who watches operators tells them by the object.</param>
    /// <param name="operators">Whether to tell the watcher of operators.</param>
    internal static Value[] Run(nint script, int module, string method, Value[] args, ScriptModule[]? modules, IReadOnlyDictionary<long, Tensor> known, bool operators)
    {
        var call = modules is null ? null : new ScriptCall(modules, known);
        var state = call is null ? default : GCHandle.Alloc(call);
        var lowered = new Lowered(args);
        var results = new NativeValue[MostResults];
        var count = MostResults;
        try
        {
            var watch = new NativeScriptWatch { State = call is null ? 0 : GCHandle.ToIntPtr(state), Module = &OnModule, Operator = operators ? &OnOperator : null };
            int status;
            fixed (NativeValue* a = lowered.Values, r = results)
            {
                status = Shim.pt_script_call(script, module, method, a, args.Length, call is null ? null : &watch, r, &count);
            }
            call?._failure?.Throw();
            if (status != 0) throw new TorchException(ScriptError.Shorten(Shim.WholeError()));
        }
        finally
        {
            lowered.Dispose();
            if (call is not null) state.Free();
        }
        var values = new Value[count];
        for (var i = 0; i < count; i++) values[i] = Value.FromNative(results[i]);
        return values;
    }

    [UnmanagedCallersOnly]
    static int OnModule(nint state, int module, nint frame, nint input, nint* output)
    {
        var call = (ScriptCall)GCHandle.FromIntPtr(state).Target!;
        try
        {
            call._failure?.Throw();
            Tensor? ran = null;
            var result = call._modules[module].RunInside(new Tensor(input), x => ran = call.Rest(frame, x));
            if (ReferenceEquals(result, ran)) return 0;
            // Alive until the whole call is over, whatever becomes of the hook's scope.
            call._replaced.Add(result);
            *output = result.Handle.Pointer;
            return 0;
        }
#pragma warning disable CA1031 // Nothing may be thrown through native frames; it is thrown again behind them.
        catch (Exception e)
#pragma warning restore CA1031
        {
            call._failure ??= ExceptionDispatchInfo.Capture(e);
            return 1;
        }
    }

    Tensor Rest(nint frame, Tensor input)
    {
        using var held = new Tensor.Hold(input);
        var status = Shim.pt_script_run(frame, held.Pointer, out var output);
        _failure?.Throw();
        if (status != 0) throw new TorchException(ScriptError.Shorten(Shim.WholeError()));
        // A submodule may return no tensor at all; hooks then see what went in.
        return output == 0 ? input : new Tensor(output);
    }

    [UnmanagedCallersOnly]
    static void OnOperator(nint state, byte* name, byte* overload, NativeValue* args, int n, NativeValue* results, int m)
    {
        var call = (ScriptCall)GCHandle.FromIntPtr(state).Target!;
        using var scope = Scope.New();
        var given = new Value[n];
        List<Tensor> made = [];
        try
        {
            for (var i = 0; i < n; i++) given[i] = call.Known(Value.FromNative(args[i]));
            for (var i = 0; i < m; i++)
            {
                var value = Value.FromNative(results[i]);
                if (value.TryTensor(out var tensor)) made.Add(tensor);
                else if (value.TryTensors(out var list)) made.AddRange(list.OfType<Tensor>());
            }
            if (call._failure is not null || Watcher.Current is not { SeesOperators: true } watcher) return;
            var op = Dispatcher.Find(Marshal.PtrToStringUTF8((nint)name) ?? "", Marshal.PtrToStringUTF8((nint)overload) ?? "");
            // Why, its module says next.
            if (m < 0) watcher.OperatorFailed(op, given, new TorchException($"{op} failed") { Operator = op.Name });
            else watcher.Operator(op, given, CollectionsMarshal.AsSpan(made));
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            call._failure ??= ExceptionDispatchInfo.Capture(e);
        }
    }

    Value Known(in Value value)
    {
        if (value.TryTensor(out var tensor)) return _known.GetValueOrDefault(tensor.Identity, tensor);
        if (value.TryTensors(out var list))
            for (var i = 0; i < list.Length; i++)
                if (list[i] is { } item) list[i] = _known.GetValueOrDefault(item.Identity, item);
        return value;
    }

    /// <summary>Arguments in native form, with their tensors held.</summary>
    sealed class Lowered : IDisposable
    {
        readonly List<Tensor> _held = [];
        readonly List<nint> _memory = [];

        public NativeValue[] Values { get; }

        public Lowered(Value[] args)
        {
            Values = new NativeValue[args.Length];
            try
            {
                for (var i = 0; i < args.Length; i++) Values[i] = Lower(args[i]);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        NativeValue Lower(in Value value)
        {
            if (value.TryTensor(out var tensor)) return new() { Tag = (int)Tag.Tensor, Bits = Hold(tensor) };
            if (value.TryTensors(out var tensors)) return List(Tag.TensorList, [.. tensors.Select(t => t is null ? 0 : (long)Hold(t))]);
            if (value.TryInts(out var integers)) return List(Tag.IntList, integers);
            if (value.Tag == Tag.DoubleList) return List(Tag.DoubleList, [.. value.AsDoubles().Select(BitConverter.DoubleToInt64Bits)]);
            if (value.Tag is Tag.None or Tag.Int or Tag.Double or Tag.Bool) return new() { Tag = (int)value.Tag, Bits = value.Bits };
            throw new TorchException($"a TorchScript method takes tensors, numbers, flags and lists of tensors or numbers from here, not {value}");
        }

        nint Hold(Tensor tensor)
        {
            var added = false;
            tensor.Handle.DangerousAddRef(ref added);
            _held.Add(tensor);
            return tensor.Handle.Pointer;
        }

        NativeValue List(Tag tag, long[] words)
        {
            var memory = (nint)NativeMemory.Alloc((nuint)Math.Max(1, words.Length), sizeof(long));
            _memory.Add(memory);
            words.CopyTo(new Span<long>((void*)memory, words.Length));
            return new() { Tag = (int)tag, Count = words.Length, Bits = memory };
        }

        public void Dispose()
        {
            foreach (var tensor in _held) tensor.Handle.DangerousRelease();
            foreach (var memory in _memory) NativeMemory.Free((void*)memory);
        }
    }
}
