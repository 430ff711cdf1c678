using System.Globalization;

namespace Pessimist.Torch.Nn;

/// <summary>What recurrent layers share: weights under PyTorch's names, and sequences of different lengths.</summary>
/// <remarks>Inputs are always [N, T, features], the layout that PyTorch calls <c>batch_first=True</c>; the weights are the same either way.
/// Each layer has <c>weight_ih_l0</c> [gates · hidden, in], <c>weight_hh_l0</c> [gates · hidden, hidden], <c>bias_ih_l0</c> and
/// <c>bias_hh_l0</c> [gates · hidden], and the same with <c>_reverse</c> for the direction that reads from the end. All start uniform in
/// ±1/sqrt(hidden).</remarks>
public abstract class Recurrent : Module
{
    static readonly Operator _pack = new("aten::_pack_padded_sequence"), _unpack = new("aten::_pad_packed_sequence");

    readonly (string Name, Tensor Tensor)[] _weights;

    protected Recurrent(int gates, int inputSize, int hiddenSize, int layers, bool bias, double dropout, bool bidirectional, string file, int line)
        : base(file, line)
    {
        (Gates, InputSize, HiddenSize, Layers) = (gates, Require.Positive(inputSize), Require.Positive(hiddenSize), Require.Positive(layers));
        (HasBias, Bidirectional) = (bias, bidirectional);
        Dropout = dropout is >= 0 and <= 1
            ? dropout
            : throw new TorchException(FormattableString.Invariant($"dropout probability {dropout} is not valid; it must be between 0 and 1"));
        if (dropout > 0 && layers == 1)
            throw new TorchException(FormattableString.Invariant($"dropout {dropout} would do nothing: it stands between layers, and there is one; put a Dropout after the {GetType().Name}"));
        var bound = 1 / Math.Sqrt(hiddenSize);
        List<(string, Tensor)> weights = [];
        for (var layer = 0; layer < layers; layer++)
            for (var direction = 0; direction < Directions; direction++)
            {
                var suffix = layer.ToString(CultureInfo.InvariantCulture) + (direction == 1 ? "_reverse" : "");
                weights.Add(($"weight_ih_l{suffix}", Init.Parameter(gates * hiddenSize, layer == 0 ? inputSize : hiddenSize * Directions)));
                weights.Add(($"weight_hh_l{suffix}", Init.Parameter(gates * hiddenSize, hiddenSize)));
                if (!bias)
                    continue;
                weights.Add(($"bias_ih_l{suffix}", Init.Parameter(gates * hiddenSize)));
                weights.Add(($"bias_hh_l{suffix}", Init.Parameter(gates * hiddenSize)));
            }
        _weights = [.. weights];
        foreach (var (_, weight) in _weights)
            Init.Uniform(weight, -bound, bound);
    }

    public int InputSize { get; }
    public int HiddenSize { get; }
    public int Layers { get; }
    public bool Bidirectional { get; }

    /// <summary>Probability with which outputs between layers are dropped while training.</summary>
    public double Dropout { get; }

    /// <summary>Matrices stacked in each weight: 4 for LSTM (input, forget, cell, output), 3 for GRU (reset, update, new).</summary>
    public int Gates { get; }

    protected bool HasBias { get; }

    int Directions => Bidirectional ? 2 : 1;

    protected override IEnumerable<(string Name, Tensor Parameter)> OwnParameters() => _weights;

    /// <summary>Zeros [layers · directions, N, hidden] of the input's kind.</summary>
    protected Tensor Zero(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Tensor.Zeros([Layers * Directions, input.Size(0), HiddenSize], input.DType, input.Device);
    }

    /// <summary>Runs <paramref name="whole"/>, or with lengths <paramref name="packed"/>, whose results do not depend on what stands after
    /// the end of each sequence. Outputs after the end are zero, states are those at the end.</summary>
    /// <param name="input">[N, T, in].</param>
    /// <param name="states">Each [layers · directions, N, hidden].</param>
    /// <param name="lengths">int64 [N], from 1 to T.</param>
    protected (Tensor Output, Tensor[] States) Run(Tensor input, Tensor[] states, Tensor? lengths, Operator whole, Operator packed)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(packed);
        if (input.Rank != 3 || input.Size(2) != InputSize)
            throw new TorchException($"{GetType().Name} takes [batch, time, {InputSize}], not {input.Describe()}");
        long[] wanted = [Layers * Directions, input.Size(0), HiddenSize];
        foreach (var state in states)
            if (!state.Shape.AsSpan().SequenceEqual(wanted))
                throw new TorchException($"the initial state of this {GetType().Name} is [{string.Join(", ", wanted)}] (layers and directions, batch, hidden), not {state.Describe()}");
        Tensor[] weights = [.. _weights.Select(w => w.Tensor)];
        // LSTM takes a list of states, GRU a single tensor.
        Value initial = states.Length == 1 ? states[0] : states;
        if (lengths is null)
        {
            return Call(whole, states.Length, [input, initial, weights, HasBias, Layers, Dropout, Training, Bidirectional, true]);
        }
        CheckLengths(lengths, input);
        var (sorted, order) = lengths.Sort(descending: true);
        var back = order.ArgSort();
        var (data, sizes) = _pack.Call2(input.IndexSelect(0, order), sorted, true);
        Tensor[] moved = [.. states.Select(s => s.IndexSelect(1, order))];
        initial = moved.Length == 1 ? moved[0] : moved;
        var (output, last) = Call(packed, states.Length, [data, sizes, initial, weights, HasBias, Layers, Dropout, Training, Bidirectional]);
        var (padded, _) = _unpack.Call2(output, sizes, true, 0.0, input.Size(1));
        return (padded.IndexSelect(0, back), [.. last.Select(s => s.IndexSelect(1, back))]);
    }

    static (Tensor Output, Tensor[] States) Call(Operator op, int states, ReadOnlySpan<Value> arguments)
    {
        if (states == 1)
        {
            var (sequence, state) = op.Call2(arguments);
            return (sequence, [state]);
        }
        var (output, hidden, cell) = op.Call3(arguments);
        return (output, [hidden, cell]);
    }

    static void CheckLengths(Tensor lengths, Tensor input)
    {
        if (lengths.DType != DType.Int64 || lengths.Rank != 1 || lengths.Size(0) != input.Size(0))
            throw new TorchException($"lengths are int64[{input.Size(0)}], one for each sequence of {input.Describe()}, not {lengths.Describe()}");
        var values = lengths.ToArray<long>();
        for (var i = 0; i < values.Length; i++)
            if (values[i] < 1 || values[i] > input.Size(1))
                throw new TorchException($"length {values[i]} of sequence {i} is not valid; it must be from 1 to {input.Size(1)}, the steps of {input.Describe()}");
    }

    protected override string Options =>
        $"{InputSize}, {HiddenSize}" +
        (Layers != 1 ? $", num_layers={Layers}" : "") +
        (HasBias ? "" : ", bias=False") +
        ", batch_first=True" +
        (Dropout != 0 ? $", dropout={Python(Dropout)}" : "") +
        (Bidirectional ? ", bidirectional=True" : "");
}
