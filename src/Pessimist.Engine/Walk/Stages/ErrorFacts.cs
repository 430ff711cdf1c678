using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Evaluation.Slices;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>What the errors have in common: parts of the data, probabilities that promise too much, labels that two simple models contradict.</summary>
static class ErrorFacts
{
    /// <summary>Bounds of the doubts about labels: examples, and numbers to multiply in one pass over them; about five seconds on one core.</summary>
    const int MostRows = 5000, FewestRows = 200;
    const double MostWork = 1e7;

    const double Strongly = 0.95;
    const int MostSuspects = 50, MostOfCleanSet = 12, FewestInSlice = 30, MostSlices = 10;

    /// <summary>Fewest examples of a class, for each fold to have one.</summary>
    const int Folds = 5;

    /// <returns>Evidence, a line each.</returns>
    public static IReadOnlyList<string> Record(WalkContext context, Predictions predictions, CancellationToken cancel)
    {
        if (predictions.Task == TaskKind.MultiLabel) return [];
        List<string> evidence = [];
        if (!predictions.IsRegression) Probabilities(context, predictions, evidence);
        Slices(context, predictions, evidence);
        if (!predictions.IsRegression) Labels(context, evidence, cancel);
        return evidence;
    }

    static void Probabilities(WalkContext context, Predictions predictions, List<string> evidence)
    {
        if (Calibration.Measure(predictions.Labels, predictions.Probabilities, predictions.Outputs, context.Options.Seed) is not { } c) return;
        context.Run.Add(new CalibrationMeasured(c.Error, c.Interval.Low, c.Interval.High, c.NullMean, c.P, predictions.Labels.Length, c.Confidence, c.Accuracy));
        evidence.Add($"calibration error {Words.Percent(c.Error)}; a perfectly calibrated network scores {Words.Percent(c.NullMean)} on as many examples");
    }

    static void Slices(WalkContext context, Predictions predictions, List<string> evidence)
    {
        var raw = context.Prepared.Raw;
        if (raw.Kind != DataKind.Table || context.Prepared.ImageGuess is not null) return;
        var data = context.Validation;
        int[] rows = [.. Enumerable.Range(0, data.Count).Select(data.Row)];
        SliceColumn[] columns = [.. raw.Columns.Where(c => !context.Prepared.Targets.Columns.Contains(c.Name)).Select(c => SliceColumn.Of(c, rows, FewestInSlice)).Where(c => c.Parts.Count > 0)];
        double[] losses = predictions.IsRegression ? Losses.Squared(predictions.Targets, predictions.Values, predictions.Outputs) : Losses.ZeroOne(predictions.Labels, predictions.Classes);
        double[]? expected = predictions.IsRegression ? null : [.. predictions.Classes.Select((k, i) => 1.0 - predictions.Probabilities[i * predictions.Outputs + k])];
        var search = SliceFinder.Find(losses, expected, columns, FewestInSlice, context.Options.Seed);
        context.Run.Add(new SlicesSearched(search.Examples, search.Columns, search.Candidates, !predictions.IsRegression));
        foreach (var slice in search.Found.Take(MostSlices))
            context.Run.Add(new SliceMeasured(slice.Where, slice.Count, slice.Error.Value, slice.Error.Low, slice.Error.High, slice.Rest, slice.P, slice.Excess, slice.ExcessP));
        if (search.Found is [var worst, ..])
            evidence.Add($"error where {worst.Where}: {Words.Value(!predictions.IsRegression, worst.Error.Value)}, elsewhere {Words.Value(!predictions.IsRegression, worst.Rest)}");
    }

    /// <summary>Of training and validation examples: the test set stays unseen.</summary>
    static void Labels(WalkContext context, List<string> evidence, CancellationToken cancel)
    {
        var classes = context.Train.OutputWidth;
        var most = (int)Math.Min(MostRows, MostWork / ((double)context.Train.InputLength * classes));
        if (most < FewestRows) return;
        var validation = context.Validation.Take(most / 4, context.Options.Seed);
        var train = context.Train.Take(most - validation.Count, context.Options.Seed);
        var rows = new ClassifiedRows(new FeatureMatrix([.. train.Inputs, .. validation.Inputs], train.InputLength), [.. train.Classes, .. validation.Classes]);
        if (rows.Count < FewestRows || rows.Labels.GroupBy(l => l).Any(g => g.Count() < Folds)) return;
        context.Progress.Stepped(new WalkStep("doubting labels", 0, 0));
        var probabilities = OutOfSample.Probabilities(rows, classes, Folds, context.Options.Seed, cancel);
        if (LabelNoise.Measure(rows.Labels, probabilities, classes, context.Options.Seed) is not { } noise) return;
        context.Run.Add(new LabelNoiseMeasured(noise.Count, noise.Errors, noise.SureErrors, noise.Expected, noise.P, noise.Share.Value, noise.Share.Low, noise.Share.High, noise.Majority));
        var names = context.Train.ClassNames;
        // Of a set that is not noisy only those that stand out: the others are hard, and most of them right.
        var isNoisy = noise.P <= 0.01 && noise.SureErrors >= 1.5 * noise.Expected;
        var suspects = isNoisy ? noise.Suspects.Take(MostSuspects).ToArray() : noise.Suspects.Where(s => s.Score > Strongly).Take(MostOfCleanSet).ToArray();
        foreach (var suspect in suspects)
        {
            var id = suspect.Example < train.Count ? train.Id(suspect.Example) : validation.Id(suspect.Example - train.Count);
            context.Run.Add(new LabelSuspected(id, names[suspect.Given], names[suspect.Suggested], suspect.Score));
        }

        evidence.Add($"{Words.Count(noise.SureErrors, "label")} contradicted by simple models that did not see them, among the {Words.Count(noise.Count / 2, "example")} that they are surer of; clean labels give {Words.Number(noise.Expected)}");
    }
}
