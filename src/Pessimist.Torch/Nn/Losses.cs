using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Nn;

/// <summary>The losses, with PyTorch's formulas and defaults. Shapes that would broadcast by accident are refused.</summary>
public static class Loss
{
    /// <summary>Softmax cross-entropy of <paramref name="logits"/>: softmax is part of the loss and must not come before it.</summary>
    /// <param name="logits">[N, K] or [N, K, *].</param>
    /// <param name="target">Class ids, int64 [N] or [N, *]; or probabilities of the shape of <paramref name="logits"/>.</param>
    /// <param name="weight">One factor per class, [K]; the mean is then weighted too.</param>
    /// <param name="ignoreIndex">Examples of this class id do not count.</param>
    /// <param name="labelSmoothing">The share of each target spread evenly over the classes (Szegedy and others 2016).</param>
    public static Tensor CrossEntropy(
        Tensor logits, Tensor target, Tensor? weight = null, double labelSmoothing = 0, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (labelSmoothing is not (>= 0 and <= 1))
            throw new TorchException(FormattableString.Invariant($"label smoothing {labelSmoothing} is not valid; it must be between 0 and 1"));
        if (!target.DType.IsFloatingPoint() || !Same(logits, target))
            CheckClasses("cross-entropy", logits, target);
        return Functional.CrossEntropy(logits, target, weight, reduction, ignoreIndex, labelSmoothing);
    }

    /// <summary>Minus the log-probability of the target class; <paramref name="logProbabilities"/> come from log-softmax.</summary>
    /// <inheritdoc cref="CrossEntropy"/>
    public static Tensor Nll(Tensor logProbabilities, Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        ArgumentNullException.ThrowIfNull(target);
        CheckClasses("negative log-likelihood", logProbabilities, target);
        return Functional.NllLoss(logProbabilities, target, weight, reduction, ignoreIndex);
    }

    /// <summary>Binary cross-entropy of probabilities in [0, 1]; logarithms are cut off at -100. <see cref="BceWithLogits"/> is more exact.</summary>
    public static Tensor Bce(Tensor probabilities, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        CheckSame("binary cross-entropy", probabilities, target);
        return Functional.BinaryCrossEntropy(probabilities, target, weight, reduction);
    }

    /// <summary>Binary cross-entropy of <paramref name="logits"/>: the sigmoid is part of the loss.</summary>
    /// <param name="positiveWeight">How much more a positive example counts, per label.</param>
    public static Tensor BceWithLogits(
        Tensor logits, Tensor target, Tensor? weight = null, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
    {
        CheckSame("binary cross-entropy with logits", logits, target);
        return Functional.BinaryCrossEntropyWithLogits(logits, target, weight, positiveWeight, reduction);
    }

    /// <summary>(x - y)².</summary>
    public static Tensor Mse(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean)
    {
        CheckSame("mean squared error", prediction, target);
        return Functional.MseLoss(prediction, target, reduction);
    }

    /// <summary>|x - y|.</summary>
    public static Tensor L1(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean)
    {
        CheckSame("mean absolute error", prediction, target);
        return Functional.L1Loss(prediction, target, reduction);
    }

    /// <summary>(x - y)² / 2 within <paramref name="delta"/>, delta (|x - y| - delta / 2) outside (Huber 1964).</summary>
    public static Tensor Huber(Tensor prediction, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
    {
        CheckSame("the Huber loss", prediction, target);
        return Functional.HuberLoss(prediction, target, reduction, delta);
    }

    /// <summary>The Huber loss over <paramref name="beta"/>, so that the slope outside is 1 (Girshick 2015).</summary>
    public static Tensor SmoothL1(Tensor prediction, Tensor target, double beta = 1, Reduction reduction = Reduction.Mean)
    {
        CheckSame("the smooth L1 loss", prediction, target);
        return Functional.SmoothL1Loss(prediction, target, reduction, beta);
    }

    /// <summary>Kullback-Leibler divergence of the target from the prediction, summed over everything and divided by the batch size.</summary>
    /// <param name="logProbabilities">The prediction, [N, *].</param>
    /// <param name="target">Probabilities, or their logarithms when <paramref name="logTarget"/>.</param>
    /// <param name="reduction">Null divides by the batch size, as the definition asks (PyTorch: batchmean); Mean divides by the number of values.</param>
    public static Tensor KlDivergence(Tensor logProbabilities, Tensor target, bool logTarget = false, Reduction? reduction = null)
    {
        CheckSame("the KL divergence", logProbabilities, target);
        var loss = Functional.KlDiv(logProbabilities, target, reduction ?? Reduction.Sum, logTarget);
        return reduction is null ? loss / logProbabilities.Size(0) : loss;
    }

    static bool Same(Tensor a, Tensor b) => a.Shape.AsSpan().SequenceEqual(b.Shape);

    static void CheckSame(string loss, Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (!Same(prediction, target))
            throw Refuse(
                loss, prediction, target, $"{loss} compares a prediction of shape {Text(prediction)} with a target of shape {Text(target)}; they must be equal, " +
                "or broadcasting would compare every example with every other. Reshape the target, for example with Reshape or Unsqueeze(1)");
        if (!target.DType.IsFloatingPoint())
            throw Refuse(loss, prediction, target, $"{loss} takes a target of floating-point numbers, not {target.DType.Name()}; convert it to {prediction.DType.Name()}");
    }

    static void CheckClasses(string loss, Tensor scores, Tensor target)
    {
        if (target.DType != DType.Int64)
            throw Refuse(
                loss, scores, target, $"{loss} takes class ids as int64, not {target.DType.Name()} {Text(target)}" +
                (loss[0] == 'c' ? $", or probabilities of the shape of the logits {Text(scores)}" : ""));
        long[] expected = scores.Rank == 1 ? [] : [scores.Size(0), .. scores.Shape[2..]];
        if (scores.Rank == 0 || !target.Shape.AsSpan().SequenceEqual(expected))
            throw Refuse(
                loss, scores, target, $"{loss} of scores of shape {Text(scores)} takes class ids of shape [{string.Join(", ", expected)}], not {Text(target)}");
    }

    static TorchException Refuse(string loss, Tensor input, Tensor target, string message)
    {
        var op = Dispatcher.Find(loss switch
        {
            "cross-entropy" => "aten::cross_entropy_loss",
            "negative log-likelihood" => "aten::nll_loss_nd",
            "binary cross-entropy" => "aten::binary_cross_entropy",
            "binary cross-entropy with logits" => "aten::binary_cross_entropy_with_logits",
            "mean squared error" => "aten::mse_loss",
            "mean absolute error" => "aten::l1_loss",
            "the Huber loss" => "aten::huber_loss",
            "the smooth L1 loss" => "aten::smooth_l1_loss",
            _ => "aten::kl_div",
        });
        var refusal = new TorchException(message) { Operator = op.Name };
        Watcher.Current?.OperatorFailed(op, [input, target], refusal);
        return refusal;
    }

    static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
}
