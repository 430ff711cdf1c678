using Pessimist.Engine.Comparing.Reasons;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>All reasons, the more particular before the more general: what a particular one explains, a general one may explain as well.</summary>
public static class ReasonCatalog
{
    public static IReadOnlyList<IReason> All { get; } =
    [
        new FlippedSign(),
        new MissingActivation(),
        new OtherActivation(),
        new SoftmaxAxis(),
        new DropoutActive(),
        new NormMode(),
        new NormFormula(),
        new LowerPrecision(),
        new RearrangedWeight(),
        new MissingBias(),
        new NormMomentum(),
        new OtherWeights(),
        new FlattenOrder(),
        new SwappedAxes(),
        new PermutedChannels(),
        new OtherInput(),
        new InputsDiffer(),
        new MissingSum(),
        new ScaledAndShifted(),
    ];

    /// <summary>The first that is confirmed; null where none is.</summary>
    public static ConfirmedReason? Explain(Difference difference)
    {
        using var noGrad = Autograd.NoGrad();
        foreach (var reason in All)
        {
            using var scope = Scope.New();
            if (reason.Confirm(difference) is { } confirmed) return confirmed;
        }

        return null;
    }
}
