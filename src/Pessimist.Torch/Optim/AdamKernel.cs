using System.Numerics;
using System.Runtime.InteropServices;

namespace Pessimist.Torch.Optim;

/// <summary>Adam's update in one pass over memory, where operators of libtorch take seven and a temporary: for small networks most of the step.</summary>
readonly struct AdamKernel<T>(double beta1, double beta2, double epsilon, double rate, double l2, double shrink)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly T _beta1 = T.CreateChecked(beta1), _rest1 = T.CreateChecked(1 - beta1);
    readonly T _beta2 = T.CreateChecked(beta2), _rest2 = T.CreateChecked(1 - beta2);
    readonly T _epsilon = T.CreateSaturating(epsilon), _rate = T.CreateSaturating(rate), _l2 = T.CreateSaturating(l2), _shrink = T.CreateSaturating(shrink);

    /// <summary>p = shrink p - rate m / (sqrt(v) + epsilon), with the gradient g + l2 p.</summary>
    public void Run(Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> means, Span<T> squares)
    {
        ref var p = ref MemoryMarshal.GetReference(parameters);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        ref var m = ref MemoryMarshal.GetReference(means);
        ref var v = ref MemoryMarshal.GetReference(squares);
        Vector<T> beta1 = new(_beta1), rest1 = new(_rest1), beta2 = new(_beta2), rest2 = new(_rest2);
        Vector<T> epsilon = new(_epsilon), rate = new(_rate), l2 = new(_l2), shrink = new(_shrink);
        var i = 0;
        for (; i <= parameters.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var at = (nuint)i;
            var parameter = Vector.LoadUnsafe(ref p, at);
            var gradient = Vector.LoadUnsafe(ref g, at) + l2 * parameter;
            var mean = beta1 * Vector.LoadUnsafe(ref m, at) + rest1 * gradient;
            var square = beta2 * Vector.LoadUnsafe(ref v, at) + rest2 * gradient * gradient;
            mean.StoreUnsafe(ref m, at);
            square.StoreUnsafe(ref v, at);
            (shrink * parameter - rate * mean / (Vector.SquareRoot(square) + epsilon)).StoreUnsafe(ref p, at);
        }
        for (; i < parameters.Length; i++)
        {
            var gradient = gradients[i] + _l2 * parameters[i];
            means[i] = _beta1 * means[i] + _rest1 * gradient;
            squares[i] = _beta2 * squares[i] + _rest2 * gradient * gradient;
            parameters[i] = _shrink * parameters[i] - _rate * means[i] / (T.Sqrt(squares[i]) + _epsilon);
        }
    }
}
