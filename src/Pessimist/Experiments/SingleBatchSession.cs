using System.Globalization;
using Pessimist.Experiments.FollowUps;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Experiments;

/// <summary>What the single batch showed.</summary>
/// <param name="Verdict">The vote of all seeds.</param>
/// <param name="Confirmed">Causes that experiments confirmed, in order.</param>
public sealed record SingleBatchOutcome(SingleBatchVerdict Verdict, IReadOnlyList<Attempt> Attempts, IReadOnlyList<ExperimentFinished> Experiments, IReadOnlyList<string> Confirmed);

/// <summary>The whole stage: tries to overfit the batch from several seeds and, when that fails, looks for the cause.</summary>
public static class SingleBatchSession
{
    public const int Seeds = 3;

    /// <param name="record">Gets every observation as it comes.</param>
    /// <param name="said">Gets a line before each thing that takes time.</param>
    public static SingleBatchOutcome Run(ISubject subject, int seed, Action<Observation> record, Action<string>? said = null, OverfitOptions? options = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(record);
        options ??= new OverfitOptions();
        var attempts = new List<Attempt>();
        foreach (var seeds in Enumerable.Range(seed, Seeds).Chunk(Math.Clamp(subject.AtOnce, 1, Seeds)))
        {
            said?.Invoke(string.Create(CultureInfo.InvariantCulture,
                $"overfitting one batch{(subject.Facts.BatchSize > 0 ? $" of {subject.Facts.BatchSize}" : "")}, {(seeds.Length > 1 ? "seeds" : "seed")} {string.Join(" and ", seeds)}"));
            // A symptom that lasted with the first seed need not be waited for with the others.
            var patience = attempts.Count > 0 && attempts[0].Fails ? options with { SymptomSteps = options.Steps } : options;
            foreach (var attempt in Attempts(subject, seeds, patience, cancel))
            {
                attempts.Add(attempt);
                record(attempt.Observe(subject.Facts));
            }
        }

        var verdict = SingleBatchVote.Of([.. attempts.Select(a => a.Verdict)]);
        if (!SingleBatchVote.IsSymptom(verdict)) return new SingleBatchOutcome(verdict, attempts, [], []);
        var context = new ExperimentContext(subject, attempts, options, cancel: cancel);
        DecisionProcedure.Run(context, record, experiment => said?.Invoke(experiment.Question));
        string[] confirmed = [.. context.Confirmed];
        // A batch that a plain network does not settle either says nothing about this one.
        if (confirmed.Length == 0 && context.Finished.Any(e => e is { Id: ReferenceModel.Name, Outcome: ExperimentOutcome.Inconclusive }))
            verdict = SingleBatchVerdict.NotEnoughEvidence;
        return new SingleBatchOutcome(verdict, attempts, context.Finished, confirmed);
    }

    static Attempt[] Attempts(ISubject subject, int[] seeds, OverfitOptions options, CancellationToken cancel) => seeds.Length == 1
        ? [OverfitOneBatch.Try(subject, Recipe.AsIs, seeds[0], options, cancel: cancel)]
        : Task.WhenAll(seeds.Select(s => Task.Run(() => OverfitOneBatch.Try(subject, Recipe.AsIs, s, options, cancel: cancel)))).GetAwaiter().GetResult();
}
