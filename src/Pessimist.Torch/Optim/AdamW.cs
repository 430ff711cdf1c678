namespace Pessimist.Torch.Optim;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): p *= 1 - lr decay before the step.</summary>
public sealed class AdamW(
    IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
    bool amsgrad = false, bool maximize = false)
    : AdamBase(groups, lr, beta1, beta2, epsilon, weightDecay, amsgrad, maximize)
{
    public AdamW(
        IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
        bool amsgrad = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, epsilon, weightDecay, amsgrad, maximize) { }

    protected override (double L2, double Shrink) Decay(ParameterGroup group) => (0, 1 - group.LearningRate * group.WeightDecay);
}
