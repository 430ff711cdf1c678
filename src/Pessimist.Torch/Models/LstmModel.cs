using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>An LSTM of one hidden layer, whose last state is mapped to the outputs: the simple start for sequences.</summary>
public sealed class LstmModel : Module
{
    /// <param name="inputs">Features of each step.</param>
    /// <param name="hidden">Units.</param>
    /// <param name="padded">Sequences of different lengths are filled in front, and the last of the features is 1 where a step is there and 0 where it is
    /// filling: the LSTM reads the steps that are there, without that feature.</param>
    public LstmModel(int inputs, int hidden, int outputs, int layers = 1, InitScheme? init = null, bool padded = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (padded && inputs < 2) throw new TorchException("a padded sequence needs a feature beside the one that says which steps are there");
        Padded = padded;
        Lstm = new(padded ? inputs - 1 : inputs, hidden, layers);
        Fc = new(hidden, outputs);
        (init ?? InitScheme.Glorot).Apply(this);
    }

    /// <summary>Whether the last feature says which steps are there.</summary>
    public bool Padded { get; }
    public LSTM Lstm { get; }
    public Linear Fc { get; }

    protected override Tensor Compute(Tensor input) => Padded ? Unfilled(input) : Last(input, null); // [N, T, inputs] -> [N, outputs]

    /// <summary>Moves every sequence to the front, where its length says where it ends.</summary>
    Tensor Unfilled(Tensor input)
    {
        var (steps, features) = (input.Size(1), input.Size(2) - 1);
        // A sequence of no steps at all is read as one step of zeros.
        var lengths = input.Detach().Select(2, features).Gt(0.5).Sum([1]).Clamp(min: 1).To(DType.Int64); // [N]
        var from = Tensor.Arange(steps, device: input.Device).Unsqueeze(0) + (lengths * -1 + steps).Unsqueeze(1); // [N, T]
        var index = from.Clamp(max: steps - 1).To(DType.Int64).Unsqueeze(2).Expand(input.Size(0), steps, features);
        return Last(input.Narrow(2, 0, features).Gather(1, index), lengths);
    }

    /// <summary>Of sequences of different lengths.</summary>
    /// <param name="lengths">int64 [N], the true steps of each.</param>
    public Tensor Forward(Tensor input, Tensor? lengths) => Forward(input, x => Last(x, lengths));

    Tensor Last(Tensor input, Tensor? lengths) => Fc.Forward(Lstm.Forward(input, null, lengths).Hidden.Select(0, -1));
}
