namespace Pessimist.Torch;

/// <summary>How a loss joins the losses of the elements; the numbers are libtorch's.</summary>
public enum Reduction
{
    /// <summary>One loss for each example or element.</summary>
    None = 0,
    /// <summary>The mean over all.</summary>
    Mean = 1,
    /// <summary>The sum over all.</summary>
    Sum = 2,
}

/// <summary>The functions of neural networks without their parameters: PyTorch's <c>torch.nn.functional</c>.</summary>
public static class Functional
{
    static readonly Operator _linear = new("aten::linear"), _embedding = new("aten::embedding");
    static readonly Operator _conv1d = new("aten::conv1d"), _conv2d = new("aten::conv2d");
    static readonly Operator _maxPool1d = new("aten::max_pool1d"), _maxPool2d = new("pessimist::max_pool2d");
    static readonly Operator _avgPool1d = new("aten::avg_pool1d"), _avgPool2d = new("aten::avg_pool2d");
    static readonly Operator _adaptiveAvgPool1d = new("aten::adaptive_avg_pool1d"), _adaptiveAvgPool2d = new("aten::adaptive_avg_pool2d");
    static readonly Operator _adaptiveMaxPool1d = new("aten::adaptive_max_pool1d"), _adaptiveMaxPool2d = new("aten::adaptive_max_pool2d");
    static readonly Operator _batchNorm = new("aten::batch_norm"), _layerNorm = new("aten::layer_norm"), _groupNorm = new("aten::group_norm"), _dropout = new("aten::dropout");
    static readonly Operator _relu = new("aten::relu"), _gelu = new("aten::gelu"), _tanh = new("aten::tanh"), _sigmoid = new("aten::sigmoid"), _leakyRelu = new("aten::leaky_relu");
    static readonly Operator _elu = new("aten::elu"), _selu = new("aten::selu"), _softplus = new("aten::softplus"), _silu = new("aten::silu"), _hardtanh = new("aten::hardtanh");
    static readonly Operator _softmax = new("aten::softmax", "int"), _logSoftmax = new("aten::log_softmax", "int"), _logSigmoid = new("aten::log_sigmoid");
    static readonly Operator _crossEntropy = new("aten::cross_entropy_loss"), _nll = new("aten::nll_loss_nd"), _bce = new("aten::binary_cross_entropy");
    static readonly Operator _bceLogits = new("aten::binary_cross_entropy_with_logits"), _mse = new("aten::mse_loss"), _l1 = new("aten::l1_loss");
    static readonly Operator _huber = new("aten::huber_loss"), _smoothL1 = new("aten::smooth_l1_loss"), _klDiv = new("aten::kl_div");

    /// <summary>x · Wᵀ + b.</summary>
    /// <param name="input">[..., in]</param>
    /// <param name="weight">[out, in]</param>
    /// <param name="bias">[out]</param>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias = null) => _linear.Call(input, weight, bias);

    /// <summary>The rows of <paramref name="weight"/> that the indices name.</summary>
    public static Tensor Embedding(Tensor weight, Tensor indices, long paddingIndex = -1) => _embedding.Call(weight, indices, paddingIndex);

    /// <param name="input">[batch, in, length]</param>
    /// <param name="weight">[out, in / groups, kernel]</param>
    /// <param name="bias">[out]</param>
    public static Tensor Conv1d(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
        _conv1d.Call(input, weight, bias, stride, padding, dilation, Groups(groups));

    /// <param name="input">[batch, in, height, width]</param>
    /// <param name="weight">[out, in / groups, kernel height, kernel width]</param>
    /// <param name="bias">[out]</param>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
        _conv2d.Call(input, weight, bias, stride, padding, dilation, Groups(groups));

    /// <inheritdoc cref="Conv2d(Tensor, Tensor, Tensor?, long, long, long, long)"/>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] dilation, long groups = 1) =>
        _conv2d.Call(input, weight, bias, stride, padding, dilation, Groups(groups));

    static long Groups(long groups) =>
        groups > 0 ? groups : throw new TorchException($"a convolution has at least one group, not {groups}");

    /// <summary>The largest of each window of <paramref name="kernel"/>, every <paramref name="stride"/> (null: as wide as the window): [N, C, L] to [N, C, L'].</summary>
    public static Tensor MaxPool1d(Tensor input, long kernel, long? stride = null, long padding = 0, long dilation = 1, bool ceilMode = false) =>
        _maxPool1d.Call(input, kernel, stride ?? kernel, padding, dilation, ceilMode);

    /// <summary>The largest of each square window of <paramref name="kernel"/>, every <paramref name="stride"/> (null: as wide as the window): [N, C, H, W] to [N, C, H', W'].</summary>
    public static Tensor MaxPool2d(Tensor input, long kernel, long? stride = null, long padding = 0, long dilation = 1, bool ceilMode = false) =>
        _maxPool2d.Call(input, kernel, stride ?? kernel, padding, dilation, ceilMode);

    /// <summary>The mean of each window of <paramref name="kernel"/>, every <paramref name="stride"/> (null: as wide as the window): [N, C, L] to [N, C, L'].</summary>
    public static Tensor AvgPool1d(Tensor input, long kernel, long? stride = null, long padding = 0, bool ceilMode = false, bool countIncludePad = true) =>
        _avgPool1d.Call(input, kernel, stride ?? kernel, padding, ceilMode, countIncludePad);

    /// <summary>The mean of each square window of <paramref name="kernel"/>, every <paramref name="stride"/> (null: as wide as the window): [N, C, H, W] to [N, C, H', W'].</summary>
    public static Tensor AvgPool2d(Tensor input, long kernel, long? stride = null, long padding = 0, bool ceilMode = false, bool countIncludePad = true) =>
        _avgPool2d.Call(input, kernel, stride ?? kernel, padding, ceilMode, countIncludePad);

    /// <summary>Means of windows such that so many come out: [N, C, L] to [N, C, size].</summary>
    public static Tensor AdaptiveAvgPool1d(Tensor input, long size) => _adaptiveAvgPool1d.Call(input, size);

    /// <summary>Means of windows such that so many come out: [N, C, H, W] to [N, C, height, width].</summary>
    public static Tensor AdaptiveAvgPool2d(Tensor input, long height, long width) => _adaptiveAvgPool2d.Call(input, new[] { height, width });

    /// <summary>The largest of windows such that so many come out: [N, C, L] to [N, C, size].</summary>
    public static Tensor AdaptiveMaxPool1d(Tensor input, long size)
    {
        var (values, indices) = _adaptiveMaxPool1d.Call2(input, size);
        indices.Dispose();
        return values;
    }

    /// <summary>The largest of windows such that so many come out: [N, C, H, W] to [N, C, height, width].</summary>
    public static Tensor AdaptiveMaxPool2d(Tensor input, long height, long width)
    {
        var (values, indices) = _adaptiveMaxPool2d.Call2(input, new[] { height, width });
        indices.Dispose();
        return values;
    }

    /// <summary>Normalizes each channel by the batch's statistics in training, by the running ones otherwise.</summary>
    /// <param name="input">[batch, channels, ...]</param>
    /// <param name="weight">[channels]</param>
    /// <param name="bias">[channels]</param>
    /// <param name="runningMean">Updated in training: (1 - momentum) · old + momentum · new.</param>
    /// <param name="runningVar">Likewise, with the unbiased variance.</param>
    public static Tensor BatchNorm(
        Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum = 0.1, double eps = 1e-5) =>
        _batchNorm.Call(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);

    /// <summary>Normalizes over the last dimensions, whose sizes <paramref name="shape"/> gives.</summary>
    public static Tensor LayerNorm(Tensor input, long[] shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        _layerNorm.Call(input, shape, weight, bias, eps);

    /// <summary>Normalizes groups of channels of each example: [N, C, *] to the same; weight and bias [C].</summary>
    public static Tensor GroupNorm(Tensor input, long groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        _groupNorm.Call(input, Groups(groups), weight, bias, eps);

    /// <summary>In training sets each element to 0 with probability <paramref name="p"/> and scales the others by 1 / (1 - p).</summary>
    public static Tensor Dropout(Tensor input, double p = 0.5, bool training = true) => _dropout.Call(input, p, training);

    /// <summary>max(0, x), of the same shape.</summary>
    public static Tensor Relu(Tensor input) => _relu.Call(input);

    /// <param name="approximation"><c>none</c> or <c>tanh</c>.</param>
    public static Tensor Gelu(Tensor input, string approximation = "none") => _gelu.Call(input, approximation);

    /// <summary>tanh x, of the same shape.</summary>
    public static Tensor Tanh(Tensor input) => _tanh.Call(input);

    /// <summary>1 / (1 + e⁻ˣ), of the same shape.</summary>
    public static Tensor Sigmoid(Tensor input) => _sigmoid.Call(input);

    /// <summary>x above 0, negativeSlope · x below.</summary>
    public static Tensor LeakyRelu(Tensor input, double negativeSlope = 0.01) => _leakyRelu.Call(input, negativeSlope);

    /// <summary>x above 0, alpha (eˣ - 1) below (Clevert and others 2016).</summary>
    public static Tensor Elu(Tensor input, double alpha = 1) => _elu.Call(input, alpha);

    /// <summary>The ELU that keeps mean 0 and variance 1 (Klambauer and others 2017).</summary>
    public static Tensor Selu(Tensor input) => _selu.Call(input);

    /// <summary>ln(1 + e^(beta x)) / beta: a smooth ReLU; linear above the threshold.</summary>
    public static Tensor Softplus(Tensor input, double beta = 1, double threshold = 20) => _softplus.Call(input, beta, threshold);

    /// <summary>x · sigmoid(x), also called swish.</summary>
    public static Tensor Silu(Tensor input) => _silu.Call(input);

    /// <summary>x, cut off at min and max.</summary>
    public static Tensor Hardtanh(Tensor input, double min = -1, double max = 1) => _hardtanh.Call(input, min, max);

    /// <summary>eˣ / Σ eˣ along an axis: the result sums to 1 there. Losses of logits want it left out.</summary>
    public static Tensor Softmax(Tensor input, int dimension = -1) => _softmax.Call(input, dimension);

    /// <summary>The logarithm of the softmax along an axis, without overflow.</summary>
    public static Tensor LogSoftmax(Tensor input, int dimension = -1) => _logSoftmax.Call(input, dimension);

    /// <summary>The logarithm of the sigmoid, without overflow.</summary>
    public static Tensor LogSigmoid(Tensor input) => _logSigmoid.Call(input);

    /// <summary>-log softmax(input)[target], from logits.</summary>
    /// <param name="input">[batch, classes, ...]: logits.</param>
    /// <param name="target">[batch, ...]: class indices, or probabilities in the shape of the input.</param>
    /// <param name="weight">[classes]</param>
    public static Tensor CrossEntropy(
        Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, long ignoreIndex = -100, double labelSmoothing = 0) =>
        _crossEntropy.Call(input, target, weight, (long)reduction, ignoreIndex, labelSmoothing);

    /// <summary>-input[target], from log-probabilities.</summary>
    public static Tensor NllLoss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, long ignoreIndex = -100) =>
        _nll.Call(input, target, weight, (long)reduction, ignoreIndex);

    /// <summary>Binary cross-entropy from probabilities.</summary>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        _bce.Call(input, target, weight, (long)reduction);

    /// <summary>Binary cross-entropy from logits.</summary>
    public static Tensor BinaryCrossEntropyWithLogits(
        Tensor input, Tensor target, Tensor? weight = null, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean) =>
        _bceLogits.Call(input, target, weight, positiveWeight, (long)reduction);

    /// <summary>(x - y)², reduced; see <see cref="Nn.Loss.Mse"/>, which refuses shapes that broadcast.</summary>
    public static Tensor MseLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => _mse.Call(input, target, (long)reduction);

    /// <summary>|x - y|, reduced; see <see cref="Nn.Loss.L1"/>, which refuses shapes that broadcast.</summary>
    public static Tensor L1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => _l1.Call(input, target, (long)reduction);

    /// <summary>(x - y)² / 2 within delta, linear outside, reduced; see <see cref="Nn.Loss.Huber"/>.</summary>
    public static Tensor HuberLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double delta = 1) =>
        _huber.Call(input, target, (long)reduction, delta);

    /// <summary>The Huber loss over beta, reduced; see <see cref="Nn.Loss.SmoothL1"/>.</summary>
    public static Tensor SmoothL1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
        _smoothL1.Call(input, target, (long)reduction, beta);

    /// <summary>target · (log target - input), with the input in log-probabilities; the mean is over elements, not over the batch.</summary>
    public static Tensor KlDiv(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false) =>
        _klDiv.Call(input, target, (long)reduction, logTarget);
}
