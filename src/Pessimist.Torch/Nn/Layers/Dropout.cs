using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>While training, zeroes each value with probability <paramref name="probability"/> and divides the rest by 1 - probability.</summary>
public sealed class Dropout(double probability = 0.5, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    public double Probability { get; } = probability is >= 0 and <= 1
        ? probability
        : throw new TorchException(FormattableString.Invariant($"dropout probability {probability} is not valid; it must be between 0 and 1"));

    protected override Tensor Compute(Tensor input) => Functional.Dropout(input, Probability, Training);

    protected override string Options => $"p={Python(Probability)}, inplace=False";
}
