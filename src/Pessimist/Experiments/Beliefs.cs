using Pessimist.Observations;

namespace Pessimist.Experiments;

/// <summary>How much speaks for each cause: a prior by symptom, times the likelihood of every reading so far. Orders the experiments; proves nothing.</summary>
public sealed class Beliefs
{
    /// <summary>
    /// Our own guesses, after the causes that the playbook lists for each symptom and the frequencies of faults in the literature (learning
    /// rate and loss lead). They only decide what is tried first.
    /// </summary>
    static readonly Dictionary<SingleBatchVerdict, (string Cause, double Weight)[]> s_priors = new()
    {
        [SingleBatchVerdict.GoesUp] = [(Causes.LossSignFlipped, 10), (Causes.LearningRateTooHigh, 5)],
        [SingleBatchVerdict.Explodes] =
        [
            (Causes.LearningRateTooHigh, 10), (Causes.InputNotFinite, 4), (Causes.InitializationScale, 3), (Causes.InputNotNormalized, 3),
            (Causes.LossSignFlipped, 3), (Causes.PrecisionTooLow, 1), (Causes.NonFiniteOperation, 1),
        ],
        [SingleBatchVerdict.Oscillates] =
        [
            (Causes.LearningRateTooHigh, 10), (Causes.ExcessiveDropout, 3), (Causes.InitializationScale, 1), (Causes.HardExamples, 1),
        ],
        [SingleBatchVerdict.Plateaus] =
        [
            (Causes.LearningRateTooLow, 5), (Causes.LearningRateTooHigh, 5), (Causes.SymmetricInitialization, 3), (Causes.InitializationScale, 2),
            (Causes.ExcessiveWeightDecay, 3), (Causes.ExcessiveDropout, 2), (Causes.InputNotNormalized, 2), (Causes.VanishingGradients, 2),
            (Causes.HardExamples, 1), (Causes.InputIgnored, 1), (Causes.UnusedParameters, 1),
        ],
    };

    const double Elsewhere = 0.5;

    readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);

    public Beliefs(SingleBatchVerdict verdict)
    {
        foreach (var (cause, weight) in s_priors.GetValueOrDefault(verdict, [])) _weights[cause] = weight;
    }

    /// <summary>The share of the belief that a cause has, 0 to 1.</summary>
    public double this[string cause] => Weight(cause) / (_weights.Values.Sum() + (_weights.ContainsKey(cause) ? 0 : Elsewhere));

    /// <summary>A reading was this many times as likely with the cause as without it.</summary>
    public void Update(string cause, double likelihood) => _weights[cause] = Math.Max(1e-6, Weight(cause) * likelihood);

    double Weight(string cause) => _weights.GetValueOrDefault(cause, Elsewhere);
}
