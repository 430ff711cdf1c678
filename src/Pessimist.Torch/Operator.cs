using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Pessimist.Torch.Native;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch;

/// <summary>
/// An operator of libtorch by name and overload, such as <c>aten::add</c> and <c>Tensor</c>. Keep it in a static field:
/// it is looked up on the first call and never again. Arguments stand in the order of the schema, keyword ones too;
/// trailing arguments that have a default may be left out.
/// </summary>
public sealed unsafe class Operator(string name, string overload = "")
{
    const int MostArguments = 64;
    const int MostResults = 16;
    const int StackBytes = 1024;

    static int s_count;

    nint _op;
    string _schema = "";

    public string Name { get; } = name;

    public string Overload { get; } = overload;

    /// <summary>Counted from 0 in this process, to look facts about operators up in an array.</summary>
    public int Index { get; } = Interlocked.Increment(ref s_count) - 1;

    /// <summary>The operator's declaration, as <c>aten::relu(Tensor self) -> Tensor</c>.</summary>
    /// <exception cref="TorchException">libtorch has no such operator.</exception>
    public string Schema
    {
        get
        {
            Resolve();
            return _schema;
        }
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    public Tensor Call(params ReadOnlySpan<Value> args)
    {
        NativeValue result;
        Expect(1, Invoke(args, &result, 1));
        var tensor = ToTensor(result);
        return Watcher.Current is { SeesOperators: true } watcher ? watcher.Operator(this, args, [tensor]) ?? tensor : tensor;
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    public (Tensor First, Tensor Second) Call2(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[2];
        Expect(2, Invoke(args, results, 2));
        var (first, second) = (ToTensor(results[0]), ToTensor(results[1]));
        if (Watcher.Current is { SeesOperators: true } watcher) first = watcher.Operator(this, args, [first, second]) ?? first;
        return (first, second);
    }

    /// <summary>Calls an operator that returns three tensors.</summary>
    public (Tensor First, Tensor Second, Tensor Third) Call3(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[3];
        Expect(3, Invoke(args, results, 3));
        var (first, second, third) = (ToTensor(results[0]), ToTensor(results[1]), ToTensor(results[2]));
        if (Watcher.Current is { SeesOperators: true } watcher) first = watcher.Operator(this, args, [first, second, third]) ?? first;
        return (first, second, third);
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    public Tensor[] CallList(params ReadOnlySpan<Value> args)
    {
        NativeValue result;
        Expect(1, Invoke(args, &result, 1));
        var tensors = Value.FromNative(result).AsTensors();
        if (Watcher.Current is { SeesOperators: true } watcher) watcher.Operator(this, args, tensors);
        return tensors;
    }

    /// <summary>Calls an operator of any kind.</summary>
    public Value[] CallAny(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[MostResults];
        var values = new Value[Invoke(args, results, MostResults)];
        for (var i = 0; i < values.Length; i++) values[i] = Value.FromNative(results[i]);
        if (Watcher.Current is { SeesOperators: true } watcher)
            watcher.Operator(this, args, [.. values.Where(v => v.Tag == Tag.Tensor).Select(v => v.AsTensor())]);
        return values;
    }

    /// <summary>Calls an operator for its effect, as those that work in place, and drops what it returns.</summary>
    public void Run(params ReadOnlySpan<Value> args)
    {
        Invoke(args, null, 0);
        if (Watcher.Current is { SeesOperators: true } watcher)
            watcher.Operator(this, args, args.Length > 0 && args[0].Tag == Tag.Tensor ? [args[0].AsTensor()] : []);
    }

    public override string ToString() => Overload.Length == 0 ? Name : $"{Name}.{Overload}";

    Tensor ToTensor(in NativeValue value) =>
        (Tag)value.Tag == Tag.Tensor
            ? new Tensor((nint)value.Bits)
            : throw new TorchException($"{this} returned {Value.FromNative(value)} where a tensor was expected: {_schema}") { Operator = Name };

    void Expect(int wanted, int produced)
    {
        if (produced < wanted)
        {
            throw new TorchException($"{this} returns {produced} values where {wanted} were expected: {_schema}") { Operator = Name };
        }
    }

    void Resolve()
    {
        if (_op != 0) return;
        if (Shim.pt_find(Name, Overload, out var op, out _, out _, out var schema) != 0)
        {
            throw new TorchException($"{this}: {Shim.Error()}") { Operator = Name };
        }
        _schema = Marshal.PtrToStringUTF8((nint)schema) ?? "";
        Volatile.Write(ref _op, op);
    }

    [SkipLocalsInit]
    int Invoke(ReadOnlySpan<Value> args, NativeValue* results, int capacity)
    {
        if (_op == 0) Resolve();
        if (args.Length > MostArguments) throw new TorchException($"{this}: {args.Length} arguments are more than any operator takes") { Operator = Name };
        var bytes = 0;
        foreach (ref readonly var arg in args) bytes = checked(bytes + arg.ScratchBytes);
        var native = stackalloc NativeValue[args.Length];
        var onStack = stackalloc byte[bytes <= StackBytes ? bytes : 0];
        var scratch = bytes <= StackBytes ? onStack : (byte*)NativeMemory.Alloc((nuint)bytes);
        var held = 0;
        int status;
        var count = capacity;
        try
        {
            var next = scratch;
            for (var i = 0; i < args.Length; i++) native[i] = Lower(args[i], i, ref next, ref held);
            status = Shim.pt_call(_op, native, args.Length, results, &count);
        }
        finally
        {
            if (held > 0) Release(args, held);
            if (bytes > StackBytes) NativeMemory.Free(scratch);
        }
        if (status != 0)
        {
            var failure = Failure(args);
            Watcher.Current?.OperatorFailed(this, args, failure);
            throw failure;
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    NativeValue Lower(in Value value, int position, ref byte* next, ref int held)
    {
        if (value.Tag == Tag.Tensor) return new NativeValue { Tag = (int)Tag.Tensor, Bits = Hold((Tensor)value.Reference!, position, ref held) };
        if (value.Tag < Tag.Device || value.Tag == Tag.Default) return new NativeValue { Tag = (int)value.Tag, Bits = value.Bits };
        return LowerSlow(value, position, ref next, ref held);
    }

    NativeValue LowerSlow(in Value value, int position, ref byte* next, ref int held)
    {
        if (value.Tag == Tag.Device) return new NativeValue { Tag = (int)Tag.Device, Count = (int)(value.Bits >> 32), Bits = (int)value.Bits };
        var native = new NativeValue { Tag = (int)value.Tag, Bits = (long)next };
        switch (value.Reference)
        {
            case string text:
                native.Count = Encoding.UTF8.GetBytes(text, new Span<byte>(next, value.ScratchBytes));
                break;
            case long[] ints:
                ints.CopyTo(new Span<long>(next, native.Count = ints.Length));
                break;
            case double[] doubles:
                doubles.CopyTo(new Span<double>(next, native.Count = doubles.Length));
                break;
            case bool[] flags:
                flags.CopyTo(new Span<bool>(next, native.Count = flags.Length));
                break;
            case Tensor?[] tensors:
                native.Count = tensors.Length;
                for (var i = 0; i < tensors.Length; i++) ((nint*)next)[i] = tensors[i] is { } tensor ? Hold(tensor, position, ref held) : 0;
                break;
        }
        next += value.ScratchBytes;
        return native;
    }

    // A tensor that another thread disposes of during the call stays alive until the call is over.
    nint Hold(Tensor tensor, int position, ref int held)
    {
        try
        {
            var added = false;
            tensor.Handle.DangerousAddRef(ref added);
            held++;
            return tensor.Handle.Pointer;
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(Tensor), $"{this}: argument {position} is a disposed tensor; did its scope end?");
        }
    }

    static void Release(ReadOnlySpan<Value> args, int held)
    {
        foreach (ref readonly var arg in args)
        {
            if (arg.Tag == Tag.Tensor)
            {
                ((Tensor)arg.Reference!).Handle.DangerousRelease();
                if (--held == 0) return;
            }
            else if (arg.Tag == Tag.TensorList)
            {
                foreach (var tensor in (Tensor?[])arg.Reference!)
                {
                    if (tensor is null) continue;
                    tensor.Handle.DangerousRelease();
                    if (--held == 0) return;
                }
            }
        }
    }

    TorchException Failure(ReadOnlySpan<Value> args)
    {
        var text = new StringBuilder($"{this} failed: {Shim.Error()}");
        if (args.Length > 0)
        {
            text.Append(" (arguments: ");
            for (var i = 0; i < args.Length; i++) text.Append(i == 0 ? "" : ", ").Append(args[i].ToString());
            text.Append(')');
        }
        return new TorchException(text.ToString()) { Operator = Name };
    }
}
