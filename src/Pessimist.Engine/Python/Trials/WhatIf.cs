using Pessimist.Experiments;

namespace Pessimist.Engine.Python.Trials;

/// <summary>Runs a program with something changed and compares it with the program as it is: same seeds, a bounded number of steps.</summary>
sealed class WhatIf(TrialProgram program, int steps, int seeds, CancellationToken cancel)
{
    Task<TrialTranscript[]>? _before;

    /// <summary>The program as it is, once for each seed.</summary>
    public Task<TrialTranscript[]> Before => _before ??= Start(Recipe.AsIs);

    public async Task<Comparison> Compare(Recipe recipe)
    {
        var (before, after) = (Before, Start(recipe));
        TrialTranscript[] first = await before.ConfigureAwait(false), second = await after.ConfigureAwait(false);
        var refused = second.SelectMany(t => t.End?.Refused ?? []).FirstOrDefault() ?? (second.Any(t => t.Steps.Count < 2) ? second.Select(t => t.End?.Died).FirstOrDefault(d => d is not null) ?? "it takes no step" : null);
        return new Comparison(recipe, Curves(first), Curves(second), refused);
    }

    static IReadOnlyList<double>[] Curves(TrialTranscript[] transcripts) => [.. transcripts.Select(t => (IReadOnlyList<double>)[.. t.Steps.Select(s => s.Loss)])];

    Task<TrialTranscript[]> Start(Recipe recipe) =>
        program.RunAll(Enumerable.Range(0, seeds).Select(seed => new PythonProbeOptions { Steps = steps, Seed = seed, Recipe = recipe.Changes }), cancel);
}
