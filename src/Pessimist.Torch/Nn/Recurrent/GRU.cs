using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Gated recurrent unit (Cho and others 2014), with the reset gate applied after the product, as PyTorch has it: [N, T, in] to
/// [N, T, hidden · directions], the outputs of the last layer.</summary>
/// <inheritdoc cref="Recurrent" path="/remarks"/>
public sealed class GRU(
    int inputSize, int hiddenSize, int layers = 1, bool bias = true, double dropout = 0, bool bidirectional = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Recurrent(3, inputSize, hiddenSize, layers, bias, dropout, bidirectional, file, line)
{
    static readonly Operator _gru = new("aten::gru", "input"), _packed = new("aten::gru", "data");

    protected override Tensor Compute(Tensor input) => Run(input, [Zero(input)], null, _gru, _packed).Output;

    /// <summary>Runs from an initial state, and gives the state after the last step as well.</summary>
    /// <param name="input">[N, T, in].</param>
    /// <param name="initial">[layers · directions, N, hidden]; zeros when null.</param>
    /// <param name="lengths">int64 [N]: the true steps of each sequence; all steps when null.</param>
    /// <returns>Outputs [N, T, hidden · directions], zero after the end of a sequence; the hidden state at the end of each.</returns>
    public (Tensor Output, Tensor Hidden) Forward(Tensor input, Tensor? initial, Tensor? lengths = null)
    {
        Tensor hidden = null!;
        var output = Forward(input, x =>
        {
            var (all, states) = Run(x, [initial ?? Zero(x)], lengths, _gru, _packed);
            hidden = states[0];
            return all;
        });
        return (output, hidden);
    }
}
