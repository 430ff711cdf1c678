using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>One operator call of the turn at hand. The tensors may be disposed of by the time somebody looks.</summary>
struct Call
{
    public OperatorKind Kind;
    public ModuleNote? Module;

    /// <summary>The first tensors among the arguments.</summary>
    public Tensor? A, B, C;

    /// <summary>The first number among the arguments: an exponent, a probability, a scalar.</summary>
    public double Number;
    public Tensor? Output;
}

/// <summary>
/// The last operator calls, so that what a loss was made of, and where a NaN came from, can be told when it is needed and costs next to nothing
/// until then. Holds references to the program's tensors for one turn and never hinders their disposal.
/// </summary>
sealed class FlightRecorder
{
    const int Size = 2048;

    readonly Call[] _calls = new Call[Size];
    long _count;
    long _first;

    /// <summary>Calls of this turn, as far as they are remembered.</summary>
    public int Count => (int)Math.Min(_count - _first, Size);

    /// <summary>The call so many back; 0 is the last one.</summary>
    public ref readonly Call Back(int calls) => ref _calls[(_count - 1 - calls) & (Size - 1)];

    public void Add(OperatorKind kind, ModuleNote? module, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        ref var call = ref _calls[_count++ & (Size - 1)];
        call = default;
        (call.Kind, call.Module, call.Number) = (kind, module, double.NaN);
        if (results.Length > 0) call.Output = results[0];
        foreach (ref readonly var arg in args)
        {
            if (arg.TryTensor(out var tensor)) Put(ref call, tensor);
            else if (arg.TryTensors(out var list))
                foreach (var item in list.AsSpan(0, Math.Min(list.Length, 3)))
                    Put(ref call, item);
            else if (double.IsNaN(call.Number) && arg.TryNumber(out var number)) call.Number = number;
        }
    }

    /// <summary>Gradients of one tensor with respect to others, as if an operator had made them.</summary>
    public void Add(OperatorKind kind, Tensor output, IReadOnlyList<Tensor?> gradients)
    {
        foreach (var gradient in gradients) _calls[_count++ & (Size - 1)] = new Call { Kind = kind, A = output, Output = gradient, Number = double.NaN };
    }

    /// <summary>How many calls back this tensor was made, before another call; -1 when it was not made in this turn.</summary>
    /// <param name="before">Only calls before this one, counted back.</param>
    public int MakerOf(Tensor tensor, int before = -1)
    {
        var address = Session.IdentityOf(tensor);
        for (var i = before + 1; i < Count; i++)
        {
            var output = Back(i).Output;
            if (output is null) continue;
            if (ReferenceEquals(output, tensor) || address != 0 && Session.IdentityOf(output) == address) return i;
        }

        return -1;
    }

    /// <summary>As <see cref="MakerOf"/>, through what only changes shape, layout, type or place.</summary>
    public int ValueMakerOf(Tensor tensor, int before = -1)
    {
        var maker = MakerOf(tensor, before);
        while (maker >= 0 && Back(maker) is { Kind.IsView: true, A: { } source })
        {
            if (MakerOf(source, maker) is not (>= 0 and var next)) return -1;
            maker = next;
        }

        return maker;
    }

    /// <summary>Lets go of all tensors.</summary>
    public void Clear()
    {
        var count = Count;
        for (var i = 0; i < count; i++) _calls[(_count - 1 - i) & (Size - 1)] = default;
        _first = _count;
    }

    static void Put(ref Call call, Tensor? tensor)
    {
        if (call.A is null) call.A = tensor;
        else if (call.B is null) call.B = tensor;
        else call.C ??= tensor;
    }
}
