namespace Pessimist.Torch;

/// <summary>
/// Steps of optimizers over all parameters in one call of the shim: several times as fast as one call per operation and
/// parameter where the parameters are small. The update is PyTorch's, up to rounding. Gradients are read from the
/// parameters; one without a gradient is left as it is, and so is its count of steps. Buffers begin as zeros in the
/// parameters' shapes, <c>steps</c> as zeros of int64[number of parameters].
/// </summary>
public static class Fused
{
    static readonly Operator _adam = new("pessimist::adam_"), _sgd = new("pessimist::sgd_"), _rmsprop = new("pessimist::rmsprop_"), _zeroGrad = new("pessimist::zero_grad");

    /// <summary>Adam (Kingma and Ba 2015); <paramref name="decoupled"/>: AdamW (Loshchilov and Hutter 2019).</summary>
    /// <param name="first">Running means of the gradients.</param>
    /// <param name="second">Running means of their squares.</param>
    public static void Adam(
        Tensor[] parameters, Tensor[] first, Tensor[] second, Tensor steps,
        double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool decoupled = false) =>
        _adam.Run(parameters, first, second, steps, lr, beta1, beta2, eps, weightDecay, decoupled);

    /// <summary>Gradient descent.</summary>
    /// <param name="buffers">The momentum's; empty without momentum.</param>
    public static void Sgd(
        Tensor[] parameters, Tensor[] buffers, Tensor steps, double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false) =>
        _sgd.Run(parameters, buffers, steps, lr, momentum, dampening, weightDecay, nesterov);

    /// <summary>RMSprop (Hinton's lecture 6e; centered: Graves 2013).</summary>
    /// <param name="squares">Running means of the squared gradients.</param>
    /// <param name="means">Running means of the gradients, where the variance is centered; else empty.</param>
    /// <param name="buffers">The momentum's; empty without momentum.</param>
    public static void RmsProp(
        Tensor[] parameters, Tensor[] squares, Tensor[] means, Tensor[] buffers, Tensor steps,
        double lr, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0) =>
        _rmsprop.Run(parameters, squares, means, buffers, steps, lr, alpha, eps, weightDecay, momentum);

    /// <summary>Forgets the gradients of all parameters.</summary>
    public static void ZeroGrad(Tensor[] parameters) => _zeroGrad.Run((Value)parameters);
}
