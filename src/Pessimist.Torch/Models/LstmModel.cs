using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>An LSTM of one hidden layer, whose last state is mapped to the outputs: the simple start for sequences.</summary>
public sealed class LstmModel : Module
{
    /// <param name="inputs">Features of each step.</param>
    /// <param name="hidden">Units.</param>
    public LstmModel(int inputs, int hidden, int outputs, int layers = 1, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Lstm = new(inputs, hidden, layers);
        Fc = new(hidden, outputs);
        (init ?? InitScheme.Glorot).Apply(this);
    }

    public LSTM Lstm { get; }
    public Linear Fc { get; }

    protected override Tensor Compute(Tensor input) => Last(input, null); // [N, T, inputs] -> [N, outputs]

    /// <summary>Of sequences of different lengths.</summary>
    /// <param name="lengths">int64 [N], the true steps of each.</param>
    public Tensor Forward(Tensor input, Tensor? lengths) => Forward(input, x => Last(x, lengths));

    Tensor Last(Tensor input, Tensor? lengths) => Fc.Forward(Lstm.Forward(input, null, lengths).Hidden.Select(0, -1));
}
