using System.Globalization;

namespace Pessimist.Evaluation;

/// <summary>
/// Multinomial logistic regression on standardised inputs: mean cross-entropy + L2/2·|W|² (the bias is free), fitted to convergence by L-BFGS.
/// </summary>
public sealed class SoftmaxRegression : IClassifier
{
    /// <summary>Strong to weak: each fit starts from the one before.</summary>
    static readonly double[] _penalties = [0.3, 0.03, 0.003, 0.0003];

    /// <summary>Rows are summed in chunks of this size in a fixed order, so that results do not depend on the number of cores.</summary>
    const int Chunk = 512;

    readonly Standardizer _standardizer;
    readonly double[] _parameters;
    readonly int _classes;
    readonly double _penalty;

    SoftmaxRegression(Standardizer standardizer, double[] parameters, int classes, double penalty) =>
        (_standardizer, _parameters, _classes, _penalty) = (standardizer, parameters, classes, penalty);

    public string Name => _classes == 2 ? "logistic regression" : "softmax regression";

    public string Description => string.Create(CultureInfo.InvariantCulture, $"linear in the standardised inputs, L2 penalty {_penalty:G3}");

    public static SoftmaxRegression Fit(ClassifiedRows train, int classes, double penalty, CancellationToken cancellation = default) =>
        Fits(train, classes, [penalty], cancellation).Single();

    /// <summary>Chooses the penalty by the log-loss on the validation rows.</summary>
    public static SoftmaxRegression Choose(ClassifiedRows train, ClassifiedRows validation, int classes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(validation);
        SoftmaxRegression? best = null;
        var bestLoss = double.PositiveInfinity;
        foreach (var fit in Fits(train, classes, _penalties, cancellation))
        {
            var loss = Losses.CrossEntropy(validation.Labels, fit.Predict(validation.Features).Probabilities, classes).Average();
            // Once less penalty makes it worse, still less makes it worse again.
            if (best is not null && loss > bestLoss) break;
            (best, bestLoss) = (fit, loss);
        }

        return best!;
    }

    public ClassPredictions Predict(FeatureMatrix features)
    {
        var rows = new PaddedRows(_standardizer.Apply(features));
        var probabilities = new float[rows.Count * _classes];
        var (weights, bias) = Unpack(_parameters, rows.Width, features.Columns, _classes);
        LinearKernels.Forward(rows, 0, rows.Count, weights, _classes, probabilities);
        for (var i = 0; i < rows.Count; i++) Softmax(probabilities.AsSpan(i * _classes, _classes), bias);
        return ClassPredictions.FromProbabilities(probabilities, _classes);
    }

    static IEnumerable<SoftmaxRegression> Fits(ClassifiedRows train, int classes, double[] penalties, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (train.Count == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        var standardizer = Standardizer.Fit(train.Features);
        var rows = new PaddedRows(standardizer.Apply(train.Features));
        var parameters = new double[classes * (train.Features.Columns + 1)];
        foreach (var penalty in penalties)
        {
            var objective = Objective(rows, train.Labels, classes, train.Features.Columns, penalty);
            parameters = Lbfgs.Minimize(parameters, objective, tolerance: 1e-5, iterations: 200, cancellation);
            yield return new SoftmaxRegression(standardizer, parameters, classes, penalty);
        }
    }

    /// <summary>Parameters: the weights, class by class, then the biases.</summary>
    static Func<double[], double[], double> Objective(PaddedRows rows, int[] labels, int classes, int columns, double penalty)
    {
        var chunks = (rows.Count + Chunk - 1) / Chunk;
        var losses = new double[chunks];
        var partial = new float[chunks][];
        return (parameters, gradient) =>
        {
            var (weights, bias) = Unpack(parameters, rows.Width, columns, classes);
            Parallel.For(0, chunks, c =>
            {
                partial[c] ??= new float[classes * (rows.Width + 1)];
                losses[c] = ChunkLoss(rows, c * Chunk, Math.Min(rows.Count, (c + 1) * Chunk), labels, classes, weights, bias, partial[c]);
            });
            Array.Clear(gradient);
            var loss = losses.Sum() / rows.Count;
            foreach (var part in partial)
                for (var k = 0; k < classes; k++)
                {
                    for (var j = 0; j < columns; j++) gradient[k * columns + j] += part[k * rows.Width + j];
                    gradient[classes * columns + k] += part[classes * rows.Width + k];
                }

            for (var j = 0; j < gradient.Length; j++)
            {
                gradient[j] /= rows.Count;
                if (j >= classes * columns) continue;
                gradient[j] += penalty * parameters[j];
                loss += penalty / 2 * parameters[j] * parameters[j];
            }

            return loss;
        };
    }

    /// <summary>Sum of losses over some rows; writes their gradient (weights, then biases).</summary>
    static double ChunkLoss(PaddedRows rows, int first, int end, int[] labels, int classes, float[] weights, float[] bias, float[] gradient)
    {
        Array.Clear(gradient);
        var factors = new float[(end - first) * classes];
        LinearKernels.Forward(rows, first, end, weights, classes, factors);
        var loss = 0.0;
        for (var i = first; i < end; i++)
        {
            var row = factors.AsSpan((i - first) * classes, classes);
            loss += Softmax(row, bias, labels[i]);
            row[labels[i]] -= 1;
            for (var k = 0; k < classes; k++) gradient[classes * rows.Width + k] += row[k];
        }

        LinearKernels.Backward(rows, first, end, factors, classes, gradient.AsSpan(0, classes * rows.Width));
        return loss;
    }

    /// <summary>Turns scores into probabilities in place; returns -ln of the label's.</summary>
    static double Softmax(Span<float> row, float[] bias, int label = 0)
    {
        for (var k = 0; k < row.Length; k++) row[k] += bias[k];
        var highest = row[0];
        foreach (var score in row) highest = Math.Max(highest, score);
        var own = (double)row[label];
        var total = 0.0;
        for (var k = 0; k < row.Length; k++)
        {
            row[k] = MathF.Exp(row[k] - highest);
            total += row[k];
        }

        for (var k = 0; k < row.Length; k++) row[k] = (float)(row[k] / total);
        return Math.Log(total) + highest - own;
    }

    static (float[] Weights, float[] Bias) Unpack(double[] parameters, int width, int columns, int classes)
    {
        var weights = new float[classes * width];
        var bias = new float[classes];
        for (var k = 0; k < classes; k++)
        {
            for (var j = 0; j < columns; j++) weights[k * width + j] = (float)parameters[k * columns + j];
            bias[k] = (float)parameters[classes * columns + k];
        }

        return (weights, bias);
    }
}
