using Pessimist.Experiments;

namespace Pessimist.Engine.Python;

/// <summary>Runs a program with something changed and compares it with the program as it is: same seeds, a bounded number of steps, two processes at a time.</summary>
sealed class WhatIf(PythonInterpreter python, PythonCommand command, int steps, int seeds, CancellationToken cancel) : IDisposable
{
    readonly SemaphoreSlim _slots = new(2);
    Task<TrialTranscript>[]? _before;

    /// <summary>The program as it is, once for each seed.</summary>
    public Task<TrialTranscript>[] Before => _before ??= Start(Recipe.AsIs);

    public async Task<Comparison> Compare(Recipe recipe)
    {
        var (before, after) = (Before, Start(recipe));
        TrialTranscript[] first = await Task.WhenAll(before).ConfigureAwait(false), second = await Task.WhenAll(after).ConfigureAwait(false);
        var refused = second.SelectMany(t => t.End?.Refused ?? []).FirstOrDefault() ?? (second.Any(t => t.Steps.Count < 2) ? second.Select(t => t.End?.Died).FirstOrDefault(d => d is not null) ?? "it takes no step" : null);
        return new Comparison(recipe, Curves(first), Curves(second), refused);
    }

    public void Dispose() => _slots.Dispose();

    static IReadOnlyList<double>[] Curves(TrialTranscript[] transcripts) => [.. transcripts.Select(t => (IReadOnlyList<double>)[.. t.Steps.Select(s => s.Loss)])];

    Task<TrialTranscript>[] Start(Recipe recipe) => [.. Enumerable.Range(0, seeds).Select(seed => Task.Run(async () =>
    {
        await _slots.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return TrialProcess.Run(python, command, new PythonProbeOptions { Steps = steps, Seed = seed, Recipe = recipe.Changes }, null, Timeout.InfiniteTimeSpan, cancel);
        }
        finally
        {
            _slots.Release();
        }
    }, cancel))];
}
