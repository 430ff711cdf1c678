using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Self-attention and a fully connected net of one hidden layer, each with a residual connection and layer normalization
/// (Vaswani and others 2017): [N, T, width] to the same. Parameter names are PyTorch's.</summary>
/// <remarks>With <c>normFirst</c>, normalization comes before each part and not after the sum (Xiong and others 2020): then training
/// needs no warm-up of the learning rate.</remarks>
public sealed class TransformerEncoderLayer : Module
{
    readonly bool _gelu, _normFirst;

    /// <param name="hidden">Units of the fully connected net's hidden layer.</param>
    public TransformerEncoderLayer(
        int width, int heads, int hidden = 2048, double dropout = 0.1, bool gelu = false, bool normFirst = false, double epsilon = 1e-5,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        (_gelu, _normFirst) = (gelu, normFirst);
        SelfAttn = new(width, heads, dropout, file: file, line: line);
        Linear1 = new(width, hidden, file: file, line: line);
        Dropout = new(dropout, file, line);
        Linear2 = new(hidden, width, file: file, line: line);
        Norm1 = new(width, epsilon, file: file, line: line);
        Norm2 = new(width, epsilon, file: file, line: line);
        Dropout1 = new(dropout, file, line);
        Dropout2 = new(dropout, file, line);
    }

    public MultiheadAttention SelfAttn { get; }
    public Linear Linear1 { get; }
    public Dropout Dropout { get; }
    public Linear Linear2 { get; }
    public LayerNorm Norm1 { get; }
    public LayerNorm Norm2 { get; }
    public Dropout Dropout1 { get; }
    public Dropout Dropout2 { get; }

    protected override Tensor Compute(Tensor input) => Encode(input, null, null);

    /// <param name="input">[N, T, width].</param>
    /// <param name="mask">bool [T, T], true where attention must not look, or numbers that are added before softmax; see <see cref="AttentionMask"/>.</param>
    /// <param name="padding">bool [N, T], true for steps to ignore, as those after the end of a sequence.</param>
    public Tensor Forward(Tensor input, Tensor? mask, Tensor? padding = null) => mask is null && padding is null ? Forward(input) : Forward(input, x => Encode(x, mask, padding));

    Tensor Encode(Tensor x, Tensor? mask, Tensor? padding)
    {
        if (_normFirst)
        {
            x = Sum(Attend(Norm1.Forward(x), mask, padding), x);
            return Sum(Feed(Norm2.Forward(x)), x);
        }
        x = Norm1.Forward(Sum(Attend(x, mask, padding), x));
        return Norm2.Forward(Sum(Feed(x), x));
    }

    Tensor Sum(Tensor own, Tensor x) => IsUnseen ? own.AddInPlace(x) : x + own;

    Tensor Attend(Tensor x, Tensor? mask, Tensor? padding) => Dropout1.Forward(SelfAttn.Forward(x, mask, padding));

    Tensor Feed(Tensor x)
    {
        var hidden = Linear1.Forward(x); // [N, T, hidden]
        hidden = _gelu ? Functional.Gelu(hidden) : IsUnseen ? hidden.ReluInPlace() : Functional.Relu(hidden);
        return Dropout2.Forward(Linear2.Forward(Dropout.Forward(hidden)));
    }
}
