using System.Globalization;

namespace Pessimist.Torch.Nn;

/// <summary>How a whole network starts: <see cref="Apply"/> sets every Linear and convolution, biases to zero.</summary>
/// <remarks>He and Glorot would give the output layer logits as large as the activations, and a loss above ln K before the first step
/// (3.1 on ten balanced classes). They draw its weights from N(0, 0.03² / fan in): predictions start
/// near zero, so the loss starts at ln K (or the target's variance), and gradients still reach the layers below, which zeros would stop.</remarks>
public abstract record InitScheme
{
    /// <summary>He normal, for ReLU; small output layer.</summary>
    public static InitScheme He { get; } = new ScaledScheme("he", w => Init.HeNormal(w));

    /// <summary>He uniform, for ReLU; small output layer.</summary>
    public static InitScheme HeUniform { get; } = new ScaledScheme("he-uniform", w => Init.HeUniform(w));

    /// <summary>Glorot normal, for tanh; small output layer.</summary>
    public static InitScheme Glorot { get; } = new ScaledScheme("glorot", w => Init.GlorotNormal(w));

    /// <summary>Glorot uniform, for tanh; small output layer.</summary>
    public static InitScheme GlorotUniform { get; } = new ScaledScheme("glorot-uniform", w => Init.GlorotUniform(w));

    /// <summary>What the layers' constructors drew.</summary>
    public static InitScheme PyTorch { get; } = new PyTorchScheme();

    /// <summary>All weights zero: hidden units never differ from each other.</summary>
    public static InitScheme Zeros { get; } = new ConstantScheme(0);

    /// <summary>N(0, <paramref name="std"/>²) in every layer, the output layer too.</summary>
    public static InitScheme Normal(double std) => new NormalScheme(Require.NotNegative(std));

    /// <summary>Every weight, in every layer, is <paramref name="value"/>.</summary>
    public static InitScheme Constant(double value) => new ConstantScheme(value);

    /// <summary>Reads he, he-uniform, glorot, glorot-uniform, pytorch, zeros, normal:STD or constant:VALUE.</summary>
    public static InitScheme Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, number) = text.Split(':', 2) is [var head, var tail] ? (head, tail) : (text, null);
        double? value = number is null ? null
            : double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) ? v
            : throw new TorchException($"'{number}' in init '{text}' is not a number; write for example normal:0.01");
        return (name.ToLowerInvariant(), value) switch
        {
            ("he", null) => He,
            ("he-uniform", null) => HeUniform,
            ("glorot", null) => Glorot,
            ("glorot-uniform", null) => GlorotUniform,
            ("pytorch", null) => PyTorch,
            ("zeros", null) => Zeros,
            ("normal", { } std) => Normal(std),
            ("constant", { } constant) => Constant(constant),
            _ => throw new TorchException($"init '{text}' is not known; it must be he, he-uniform, glorot, glorot-uniform, pytorch, zeros, normal:STD or constant:VALUE"),
        };
    }

    /// <summary>Sets the weights of <paramref name="network"/>; its last Linear or convolution is the output layer. Recurrent layers, whose
    /// units are tanh, start with each gate Glorot normal under He and Glorot; attention's own projections, embeddings and normalization layers as PyTorch has them.</summary>
    public void Apply(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach (var recurrent in network.NamedModules().Select(m => m.Module).OfType<Recurrent>())
            Fill(recurrent);
        (Tensor Weight, Tensor? Bias)[] layers = [.. network.NamedModules().Select(m => m.Module).Select(m => m switch
        {
            Linear l => (l.Weight, l.Bias),
            Convolution c => (c.Weight, c.Bias),
            _ => ((Tensor, Tensor?)?)null,
        }).OfType<(Tensor, Tensor?)>()];
        for (var i = 0; i < layers.Length; i++)
            Fill(layers[i].Weight, layers[i].Bias, i == layers.Length - 1);
    }

    protected abstract void Fill(Tensor weight, Tensor? bias, bool output);

    /// <summary>Each weight of a recurrent layer as a hidden layer's, each bias as a hidden bias.</summary>
    protected virtual void Fill(Recurrent layer)
    {
        foreach (var (name, tensor) in layer.NamedParameters())
            if (name.StartsWith("weight", StringComparison.Ordinal))
                Fill(tensor, null, false);
            else
                Init.Zeros(tensor);
    }

    static void SmallOrElse(Tensor weight, Tensor? bias, bool output, Action<Tensor> hidden)
    {
        if (output)
            Init.Normal(weight, 0, 0.03 / Math.Sqrt(Init.Fans(weight).In));
        else
            hidden(weight);
        ZeroBias(bias);
    }

    static void ZeroBias(Tensor? bias)
    {
        if (bias is not null)
            Init.Zeros(bias);
    }

    /// <summary>Recurrent layers: each gate Glorot normal, biases zero, and the forget gate of an LSTM open at first, bias 1 (Gers and others
    /// 2000; Jozefowicz and others 2015): else gradients halve with every step.</summary>
    sealed record ScaledScheme(string Name, Action<Tensor> Hidden) : InitScheme
    {
        protected override void Fill(Tensor weight, Tensor? bias, bool output) => SmallOrElse(weight, bias, output, Hidden);

        protected override void Fill(Recurrent layer)
        {
            using var scope = Scope.New();
            foreach (var (name, tensor) in layer.NamedParameters())
                if (name.StartsWith("weight", StringComparison.Ordinal))
                {
                    foreach (var gate in tensor.Detach().Chunk(layer.Gates))
                        Init.GlorotNormal(gate);
                }
                else
                {
                    Init.Zeros(tensor);
                    if (layer is LSTM && name.StartsWith("bias_ih", StringComparison.Ordinal))
                        Init.Ones(tensor.Detach().Slice(0, layer.HiddenSize, 2 * layer.HiddenSize));
                }
        }

        public override string ToString() => Name;
    }

    sealed record PyTorchScheme : InitScheme
    {
        protected override void Fill(Tensor weight, Tensor? bias, bool output) { }

        protected override void Fill(Recurrent layer) { }

        public override string ToString() => "pytorch";
    }

    sealed record NormalScheme(double Std) : InitScheme
    {
        protected override void Fill(Tensor weight, Tensor? bias, bool output)
        {
            Init.Normal(weight, 0, Std);
            ZeroBias(bias);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"normal:{Std}");
    }

    sealed record ConstantScheme(double Value) : InitScheme
    {
        protected override void Fill(Tensor weight, Tensor? bias, bool output)
        {
            Init.Constant(weight, Value);
            ZeroBias(bias);
        }

        public override string ToString() => Value == 0 ? "zeros" : string.Create(CultureInfo.InvariantCulture, $"constant:{Value}");
    }
}
