using System.Runtime.CompilerServices;

namespace Pessimist.Torch;

/// <summary>Guards for sizes and counts that a user chose.</summary>
static class Require
{
    public static int Positive(int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0 ? value : throw new TorchException($"{name} {value} is not valid; it must be positive");

    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 ? value : throw new TorchException(FormattableString.Invariant($"{name} {value} is not valid; it must be zero or above"));
}
