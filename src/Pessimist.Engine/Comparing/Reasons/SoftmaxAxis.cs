using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Softmax over another dimension.</summary>
public sealed class SoftmaxAxis : IReason
{
    public string Name => "softmax-axis";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (path, input) in difference.Inputs)
        {
            if (!input.DType.IsFloatingPoint()) continue;
            foreach (var (word, softmax) in new (string, Func<Tensor, int, Tensor>)[] { ("softmax", Functional.Softmax), ("log-softmax", Functional.LogSoftmax) })
            {
                if (Axis(difference, softmax, input, difference.A.Output) is not { } first || Axis(difference, softmax, input, difference.B.Output) is not { } second || first == second) continue;
                return new ConfirmedReason(Name, FormattableString.Invariant($"{difference.Path} is a {word} over dimension {first} in {difference.A.Name} and over dimension {second} in {difference.B.Name}"),
                    $"both were computed from {path}, and agree", "take the dimension of the classes (for attention: of the keys) in both");
            }
        }

        return null;
    }

    static int? Axis(Difference difference, Func<Tensor, int, Tensor> softmax, Tensor input, Tensor output)
    {
        for (var i = 0; i < input.Rank; i++)
            if (difference.Gives(softmax(input, i), output)) return i;
        return null;
    }
}
