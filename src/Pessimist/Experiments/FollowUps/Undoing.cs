using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>
/// Undoes one deviation, with every failing seed. Confirmed means: undone, the symptom goes; and where other settings deviate too, this
/// one does the harm among the defaults by itself. So of two undoings that each help, the odd one against the defaults is the cause, and a
/// cause behind another one is found as well.
/// </summary>
public static class Undoing
{
    /// <param name="Alone">Undone alone, the symptom is gone.</param>
    /// <param name="With">What else had to be undone, empty when <paramref name="Alone"/>.</param>
    public sealed record Result(ExperimentOutcome Outcome, string Reading, bool Alone, IReadOnlyList<Deviation> With, IReadOnlyList<Series> Curves, string? Confirmation);

    public static Result Undo(ExperimentContext context, Deviation deviation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(deviation);
        var undone = Recipe.Of(deviation.Undo);
        Deviation[] others = [.. context.Deviations.Where(d => d != deviation && d.Undo.GetType() != deviation.Undo.GetType())];
        var alone = context.Works(undone);
        if (alone && (others.Length == 0 || !context.DefaultsWork || HarmsAlone(others)))
            return Finish(ExperimentOutcome.Confirmed, undone, [], "");
        if (alone)
        {
            var joined = string.Join(" and ", others.Select(d => d.As));
            return Finish(ExperimentOutcome.Consistent, undone, [], $"; but among the defaults {deviation.As} does no harm: only together with {joined}");
        }

        if (others.Length == 0 || !context.DefaultsWork || !HarmsAlone(others))
            return Finish(ExperimentOutcome.Refuted, undone, [], "");
        // Others do harm as well. Keep of them only those that must be undone too.
        var needed = others.ToList();
        foreach (var other in others)
            if (needed.Count > 1 && context.Works(undone.And(needed.Where(d => d != other))))
                needed.Remove(other);
        return Finish(ExperimentOutcome.Confirmed, undone.And(needed), needed, "");

        bool HarmsAlone(Deviation[] rest) => !context.Works(Recipe.Of(rest.Select(d => d.Undo)));

        Result Finish(ExperimentOutcome outcome, Recipe recipe, IReadOnlyList<Deviation> with, string but)
        {
            var attempts = context.TryAll(recipe);
            var before = context.First;
            var shown = attempts.FirstOrDefault(a => !a.Passes) ?? attempts[0];
            var works = outcome != ExperimentOutcome.Refuted;
            var text = works
                ? $"with {recipe} the batch is fitted ({shown.Curve.Because}; {attempts.Count} of {context.Seeds.Count} seeds), instead of {before.Curve.Because}"
                : $"with {recipe} it still fails: {shown.Curve.Because}";
            if (works && !shown.Passes) text = text.Replace("the batch is fitted", "the loss comes down", StringComparison.Ordinal);
            return new Result(outcome, text + but, with.Count == 0, with,
                [new Series("as it is", Thin(before.Trial.Losses)), new Series($"with {recipe}", Thin(attempts[0].Trial.Losses))],
                outcome == ExperimentOutcome.Confirmed ? text : null);
        }
    }

    /// <summary>The recipe with more deviations undone.</summary>
    public static Recipe And(this Recipe recipe, IEnumerable<Deviation> deviations) =>
        deviations.Aggregate(recipe, (r, d) => r.With(d.Undo));

    /// <summary>At most 200 points, so that a report stays small.</summary>
    internal static IReadOnlyList<double> Thin(IReadOnlyList<double> y) => y.Count <= 200 ? y : [.. y.Take(200)];
}
