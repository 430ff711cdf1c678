using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>max(0, x).</summary>
public sealed class ReLU([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Relu(input);
}

/// <summary>x above zero, <paramref name="slope"/> times x below.</summary>
public sealed class LeakyReLU(double slope = 0.01, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.LeakyRelu(input, slope);

    protected override string Options => $"negative_slope={Python(slope)}";
}

/// <summary>x Φ(x) (Hendrycks and Gimpel 2016).</summary>
/// <param name="tanh">The tanh approximation of the paper instead of the exact form.</param>
public sealed class GELU(bool tanh = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Gelu(input, tanh ? "tanh" : "none");

    protected override string Options => $"approximate='{(tanh ? "tanh" : "none")}'";
}

/// <summary>tanh x, from -1 to 1.</summary>
public sealed class Tanh([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Tanh(input);
}

/// <summary>1 / (1 + exp(-x)).</summary>
public sealed class Sigmoid([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Sigmoid(input);
}

/// <summary>exp(x) over its sum along <paramref name="dim"/>. Not before a loss that takes logits.</summary>
public sealed class Softmax(int dim, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Softmax(input, dim);

    protected override string Options => $"dim={dim}";
}

/// <summary>The logarithm of softmax along <paramref name="dim"/>, without its overflow.</summary>
public sealed class LogSoftmax(int dim, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.LogSoftmax(input, dim);

    protected override string Options => $"dim={dim}";
}

/// <summary>x above zero, <paramref name="alpha"/> (exp(x) - 1) below (Clevert and others 2016).</summary>
public sealed class ELU(double alpha = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Elu(input, alpha);

    protected override string Options => $"alpha={Python(alpha)}";
}

/// <summary>x sigmoid(x), also called swish.</summary>
public sealed class SiLU([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Silu(input);
}

/// <summary>log(1 + exp(beta x)) / beta; x itself where beta x is above <paramref name="threshold"/>.</summary>
public sealed class Softplus(double beta = 1, double threshold = 20, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Softplus(input, beta, threshold);

    protected override string Options => $"beta={Python(beta)}, threshold={Python(threshold)}";
}
