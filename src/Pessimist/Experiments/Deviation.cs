using System.Globalization;

namespace Pessimist.Experiments;

/// <summary>One setting that differs from the common default, and so a candidate for the cause.</summary>
/// <param name="Cause">The cause it would be, one of <see cref="Causes"/>.</param>
/// <param name="Undo">Sets the default.</param>
/// <param name="As">The setting as it is, e.g. <c>lr 10</c>.</param>
/// <param name="Found">Its value where it is a number.</param>
/// <param name="Default">The default value where it is a number.</param>
/// <param name="Site">The line of the program that makes it so; null where there is none.</param>
public sealed record Deviation(string Cause, Intervention Undo, string As, double? Found = null, double? Default = null, Observations.Site? Site = null)
{
    /// <summary>A learning rate within this factor of the default is no deviation.</summary>
    const double LearningRateFactor = 3;

    /// <summary>All settings of a subject that can be undone, the ones that distort most first.</summary>
    public static IReadOnlyList<Deviation> Of(ISubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var facts = subject.Facts;
        var all = new List<Deviation>(facts.Suspicions);
        if (facts.LossFactor is { } factor && factor != 1)
            all.Add(new(factor < 0 ? Causes.LossSignFlipped : Causes.LossScaled, new ScaleLoss(1 / factor), $"the loss times {Text(factor)}", factor, 1));
        if (facts.Initialization is { } init)
            all.Add(new(Causes.InitializationScale, new UseDefaultInitialization(), $"init {init}"));
        if (facts.LearningRate is { } rate && (rate > LearningRateFactor * facts.DefaultLearningRate || rate < facts.DefaultLearningRate / LearningRateFactor))
            all.Add(LearningRate(rate, facts.DefaultLearningRate));
        if (facts.WeightDecay is > 0 and { } decay)
            all.Add(new(Causes.ExcessiveWeightDecay, new SetWeightDecay(0), $"weight decay {Text(decay)}", decay, 0));
        if (facts.Dropout is > 0 and { } dropout)
            all.Add(new(Causes.ExcessiveDropout, new SetDropout(0), $"dropout {Text(dropout)}", dropout, 0));
        if (facts.Normalized == false)
            all.Add(new(Causes.InputNotNormalized, new NormalizeInputs(), "inputs as they are"));
        return [.. all.Where(d => subject.Supports(d.Undo))];
    }

    public static Deviation LearningRate(double found, double works) => new(
        found > works ? Causes.LearningRateTooHigh : Causes.LearningRateTooLow, new SetLearningRate(works), $"lr {Text(found)}", found, works);

    internal static string Text(double value) =>
        value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-4) ? "0.###e0" : "0.#####", CultureInfo.InvariantCulture);
}
