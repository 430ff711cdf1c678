using Pessimist.Evaluation;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>Tests of a program's data and of its first step. A healthy one may mix examples (a graph network) or ignore labels (an autoencoder) on purpose,
/// so some are for programs with a symptom only.</summary>
static class CloserLook
{
    const int MostRows = 2000;
    const long MostValues = 4_000_000;

    /// <param name="sick">The program does not learn, or not far.</param>
    public static IEnumerable<Observation> At(Recording recording, bool sick)
    {
        if (FutureSeen.At(recording) is { } future) yield return future;
        if (sick && recording.TargetsUnused)
            yield return new ExperimentFinished
            {
                Id = "target-use",
                For = "program",
                Question = "does the loss read the targets of the batch?",
                Reading = "no operation between the batch and the backward pass reads the batch's targets",
                Outcome = ExperimentOutcome.Confirmed,
                Cause = "loss-ignores-target",
                Site = recording.Moves.OfType<BackwardMove>().FirstOrDefault()?.Site,
            };
        foreach (var labels in Labels(recording)) yield return labels;
        // Rows that a loader shuffles, or that are picked from a table, have nothing to do with each other; nodes of a graph come all at once.
        if ((sick || recording.Loader is { Shuffles: true } || recording is { Loader: null, Rows: not null }) && BatchAxis(recording) is { } axis) yield return axis;
    }

    /// <summary>Numbers that may be multiplied in one pass over the examples, for the doubts about labels.</summary>
    const double MostWork = 1e7;

    const int Folds = 5, MostSuspects = 20;

    static List<Observation> Labels(Recording recording)
    {
        if (recording.Rows is not var (all, targets) || all.IsDisposed || targets.IsDisposed || all.Rank < 2 || all.Size(0) < 20 || !all.DType.IsFloatingPoint()) return [];
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var rows = (int)Math.Min(all.Size(0), MostRows);
        if (all.Numel / all.Size(0) * rows > MostValues) return [];
        var inputs = all.Narrow(0, 0, rows).Reshape(rows, -1).To(Device.Cpu, DType.Float32);
        var scale = inputs.Std([0], keepDim: true);
        var normal = ((inputs - inputs.Mean([0], keepDim: true)) / (scale + 1e-6)).Contiguous();
        var values = normal.ToArray<float>();
        if (!values.All(float.IsFinite)) return [];
        var features = new FeatureMatrix(values, (int)normal.Size(1));
        var target = targets.Narrow(0, 0, rows);
        if (target.Numel != rows) return [];
        if (target.DType.IsFloatingPoint())
        {
            var numbers = target.Reshape(-1).To(Device.Cpu, DType.Float32).ToArray<float>();
            return numbers.All(float.IsFinite) && numbers.Distinct().Skip(1).Any() ? [new LabelsTested(LabelDependenceTest.ForValues(features, numbers))] : [];
        }

        int[] classes = [.. target.Reshape(-1).To(Device.Cpu, DType.Int64).ToArray<long>().Select(c => (int)c)];
        return classes.Distinct().Skip(1).Any() ? [new LabelsTested(LabelDependenceTest.ForClasses(features, classes)), .. Doubts(features, classes), .. Renamed(all.Rank, features, classes)] : [];
    }

    /// <summary>Rows in which a mapping one to one proves anything.</summary>
    const int FewestMapped = 50;

    /// <summary>Columns of a table of which each value stands for one class, and each class for one value.</summary>
    static IEnumerable<Observation> Renamed(int rank, FeatureMatrix features, int[] classes)
    {
        if (rank != 2 || features.Columns < 2 || classes.Length < FewestMapped) yield break;
        for (var column = 0; column < features.Columns; column++)
        {
            Dictionary<float, int> ofValue = [];
            Dictionary<int, float> ofClass = [];
            var isOne = true;
            for (var row = 0; row < classes.Length && isOne; row++)
            {
                var value = features.Values[row * features.Columns + column];
                isOne = ofValue.TryAdd(value, classes[row]) || ofValue[value] == classes[row];
                isOne &= ofClass.TryAdd(classes[row], value) || ofClass[classes[row]] == value;
            }

            if (isOne && StandsOut(features, ofClass.Count)) yield return new ColumnRenamed(column, ofClass.Count, classes.Length);
        }
    }

    /// <summary>Most columns take more values than there are classes. Where all are of one kind, such as bits, the task may be to remember one of them.</summary>
    static bool StandsOut(FeatureMatrix features, int classes) =>
        2 * Enumerable.Range(0, features.Columns).Count(c => Enumerable.Range(0, features.Rows).Select(r => features.Values[r * features.Columns + c]).Distinct().Skip(classes).Any()) >= features.Columns;

    static IEnumerable<Observation> Doubts(FeatureMatrix features, int[] classes)
    {
        var count = classes.Max() + 1;
        if (classes.Min() < 0 || (double)features.Rows * features.Columns * count > MostWork || classes.GroupBy(c => c).Any(g => g.Count() < Folds)) yield break;
        var probabilities = OutOfSample.Probabilities(new ClassifiedRows(features, classes), count, Folds);
        if (LabelNoise.Measure(classes, probabilities, count) is not { } noise) yield break;
        yield return new LabelNoiseMeasured(noise.Count, noise.Errors, noise.SureErrors, noise.Expected, noise.P, noise.Share.Value, noise.Share.Low, noise.Share.High, noise.Majority);
        foreach (var suspect in noise.Suspects.Take(MostSuspects))
            yield return new LabelSuspected($"example {suspect.Example}", $"{suspect.Given}", $"{suspect.Suggested}", suspect.Score);
    }

    /// <summary>The gradient of one output with respect to every input, in evaluation mode.</summary>
    static BatchAxisTested? BatchAxis(Recording recording)
    {
        if (recording.Input is not External at || recording.Output is not Made || recording.Externals[at.Index] is not { Rank: >= 2 } input || !input.DType.IsFloatingPoint()) return null;
        using var scope = Scope.New();
        try
        {
            recording.Restore();
            recording.Externals[at.Index].RequiresGrad = true;
            using var replay = new StepReplay(recording, LossCall.Of(recording), Recipe.AsIs, 0);
            replay.Forward(evaluate: true);
            // An output that the loss does not depend on is not computed again.
            if (replay[at] is not { } x || replay[recording.Output] is not { } output) return null;
            return Subjects.BatchAxis.ByGradient(x, output);
        }
        catch (TorchException)
        {
            return null;
        }
        finally
        {
            recording.Externals[at.Index].RequiresGrad = false;
        }
    }
}
