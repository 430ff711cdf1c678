namespace Pessimist.Torch.Optim;

/// <summary>Parameters with a learning rate and weight decay of their own; what is null here is the optimizer's.</summary>
public sealed class ParameterGroup(IEnumerable<Tensor> parameters, double? lr = null, double? weightDecay = null)
{
    readonly double? _lr = lr;
    readonly double? _weightDecay = weightDecay;

    public IReadOnlyList<Tensor> Parameters { get; } = [.. parameters];

    /// <summary>The step size. A <see cref="Scheduler"/> moves it.</summary>
    public double LearningRate { get; set => field = Valid(value, "learning rate"); }

    /// <summary>How strongly weights are pulled to zero.</summary>
    public double WeightDecay { get; set => field = Valid(value, "weight decay"); }

    internal void Resolve(double lr, double weightDecay) => (LearningRate, WeightDecay) = (_lr ?? lr, _weightDecay ?? weightDecay);

    static double Valid(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new TorchException(FormattableString.Invariant($"{name} {value} is not valid; it must be a finite number, zero or above"));
}
