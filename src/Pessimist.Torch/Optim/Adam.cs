namespace Pessimist.Torch.Optim;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1). Weight decay is added to the gradient; <see cref="AdamW"/> keeps it apart.</summary>
public sealed class Adam(
    IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
    bool amsgrad = false, bool maximize = false)
    : AdamBase(groups, lr, beta1, beta2, epsilon, weightDecay, amsgrad, maximize)
{
    public Adam(
        IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        bool amsgrad = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, epsilon, weightDecay, amsgrad, maximize) { }

    protected override (double L2, double Shrink) Decay(ParameterGroup group) => (group.WeightDecay, 1);
}
