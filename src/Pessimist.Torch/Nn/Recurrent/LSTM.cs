using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers and others 2000): [N, T, in] to
/// [N, T, hidden · directions], the outputs of the last layer.</summary>
/// <inheritdoc cref="Recurrent" path="/remarks"/>
public sealed class LSTM(
    int inputSize, int hiddenSize, int layers = 1, bool bias = true, double dropout = 0, bool bidirectional = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Recurrent(4, inputSize, hiddenSize, layers, bias, dropout, bidirectional, file, line)
{
    static readonly Operator _lstm = new("aten::lstm", "input"), _packed = new("aten::lstm", "data");

    protected override Tensor Compute(Tensor input) => Run(input, [Zero(input), Zero(input)], null, _lstm, _packed).Output;

    /// <summary>Runs from an initial state, and gives the state after the last step as well.</summary>
    /// <param name="input">[N, T, in].</param>
    /// <param name="initial">Hidden and cell state, each [layers · directions, N, hidden]; zeros when null. Detach a state that comes from an
    /// earlier batch, or backward walks through all batches.</param>
    /// <param name="lengths">int64 [N]: the true steps of each sequence; all steps when null.</param>
    /// <returns>Outputs [N, T, hidden · directions], zero after the end of a sequence; hidden and cell state at the end of each.</returns>
    public (Tensor Output, Tensor Hidden, Tensor Cell) Forward(Tensor input, (Tensor Hidden, Tensor Cell)? initial, Tensor? lengths = null)
    {
        Tensor hidden = null!, cell = null!;
        var output = Forward(input, x =>
        {
            var (all, states) = Run(x, initial is { } s ? [s.Hidden, s.Cell] : [Zero(x), Zero(x)], lengths, _lstm, _packed);
            (hidden, cell) = (states[0], states[1]);
            return all;
        });
        return (output, hidden, cell);
    }
}
