using System.Globalization;
using Pessimist.Checks.Loss;
using Pessimist.Observations;

namespace Pessimist.Experiments;

/// <summary>E8: measures the untrained network, and when its loss is off, which setting brings it back.</summary>
public static class InitialLossReason
{
    public const string Stage = "initial-loss";
    const string Id = "initial-loss-reason";
    const string Question = "which setting moves the loss of the untrained network away from what it must be?";

    /// <param name="Loss">Ready to be recorded; its reason is filled when one was found.</param>
    public sealed record Result(InitialLossObserved Loss, IReadOnlyList<ExperimentFinished> Experiments);

    static bool IsOff(double loss, double expected) => new UnexpectedInitialLoss.Limits().IsOff(loss, expected);

    public static Result Measure(ISubject subject, IReadOnlyList<int> seeds, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(seeds);
        var facts = subject.Facts;
        Trial[] Untrained(Recipe recipe) =>
            [.. seeds.Select(seed => subject.Run(new TrialRequest { Recipe = recipe, Seed = seed, Steps = 0, Cancel = cancel }))];
        var trials = Untrained(Recipe.AsIs);
        var losses = trials.Select(t => t.Losses[0]).ToArray();
        var mean = losses.Average();
        var observed = new InitialLossObserved
        {
            Loss = mean,
            Expected = facts.KnowNothingLoss,
            ExpectedAs = facts.KnowNothingAs,
            Spread = losses.Length > 1 ? Math.Sqrt(losses.Sum(l => (l - mean) * (l - mean)) / (losses.Length - 1)) : 0,
            OutputScale = trials.Average(t => t.OutputScale),
        };
        if (!IsOff(mean, facts.KnowNothingLoss)) return new Result(observed, []);

        var experiments = new List<ExperimentFinished>();
        foreach (var deviation in Deviation.Of(subject).Where(d => d.Undo is NormalizeInputs or UseDefaultInitialization))
        {
            var undone = Untrained(Recipe.Of(deviation.Undo)).Select(t => t.Losses[0]).ToArray();
            var back = undone.All(loss => !IsOff(loss, facts.KnowNothingLoss));
            var text = string.Create(CultureInfo.InvariantCulture, $"with {deviation.Undo.Words} the untrained network has loss {undone.Average():0.###} instead of {mean:0.###}");
            experiments.Add(new ExperimentFinished
            {
                Id = Id,
                For = Stage,
                Question = Question,
                Reading = text,
                Outcome = back ? ExperimentOutcome.Confirmed : ExperimentOutcome.Refuted,
                Cause = deviation.Cause,
                Remedy = back ? $"{deviation.Undo.Words} instead of {deviation.As}" : null,
                Confirmation = back ? text : null,
                Found = mean,
                Proven = undone.Average(),
                Measured = new Dictionary<string, double> { ["input mean"] = trials[0].InputMean, ["input standard deviation"] = trials[0].InputStd },
            });
        }

        var confirmed = experiments.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed);
        return new Result(observed with { Reason = confirmed is null ? Guess(trials[0], mean, facts) : $"{confirmed.Cause}: {confirmed.Reading}" }, experiments);
    }

    static string? Guess(Trial trial, double loss, SubjectFacts facts)
    {
        if (trial.FirstNonFinite is { } origin) return $"{origin.Place} holds NaN or infinity";
        return loss > facts.KnowNothingLoss
            ? string.Create(CultureInfo.InvariantCulture, $"the outputs are large before any training (root mean square {trial.OutputScale:0.##}): the network is sure of what it cannot know")
            : "the untrained network does better than one that knows nothing: the target may be among the inputs, or the batch may hold few classes";
    }
}
