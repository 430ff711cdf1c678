namespace Pessimist.Evaluation;

/// <summary>
/// k nearest neighbours by majority vote; a tie goes to the nearer neighbour. Probabilities are the shares of the votes with one extra vote
/// spread over all classes, so that none is 0.
/// </summary>
public sealed class KNearestClassifier : IClassifier
{
    readonly ClassifiedRows _train;
    readonly int _classes;

    public KNearestClassifier(ClassifiedRows train, int classes, int neighbours)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        if (train.Count == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        (_train, _classes, Neighbours) = (train, classes, neighbours);
    }

    public int Neighbours { get; }
    public string Name => "k-NN";
    public string Description => $"majority of the {Neighbours} nearest training examples (of {_train.Count})";

    /// <summary>Chooses k among the candidates by the error on the validation rows; the smaller one when several are equal.</summary>
    public static KNearestClassifier Choose(
        ClassifiedRows train, ClassifiedRows validation, int classes, IReadOnlyList<int> candidates, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        var table = NearestNeighbours.Search(validation.Features, train.Features, candidates.Max(), cancellation);
        var best = candidates.Order().MinBy(k =>
            ErrorRate.Of(validation.Labels, new KNearestClassifier(train, classes, k).Vote(table).Classes).Errors);
        return new KNearestClassifier(train, classes, best);
    }

    public ClassPredictions Predict(FeatureMatrix features) => Vote(NearestNeighbours.Search(features, _train.Features, Neighbours));

    ClassPredictions Vote(NeighbourTable table)
    {
        var predicted = new int[table.Queries];
        var probabilities = new float[table.Queries * _classes];
        var votes = new int[_classes];
        var used = Math.Min(Neighbours, table.Neighbours);
        for (var i = 0; i < table.Queries; i++)
        {
            Array.Clear(votes);
            var nearest = table.Of(i)[..used];
            foreach (var row in nearest) votes[_train.Labels[row]]++;
            var most = votes.Max();
            // Nearest first, so the first class with the most votes owns the nearest of the tied neighbours.
            foreach (var row in nearest)
                if (votes[_train.Labels[row]] == most)
                {
                    predicted[i] = _train.Labels[row];
                    break;
                }

            for (var k = 0; k < _classes; k++) probabilities[i * _classes + k] = (votes[k] + 1f / _classes) / (used + 1);
        }

        return new ClassPredictions(predicted, probabilities);
    }
}

/// <summary>The mean target of the k nearest neighbours.</summary>
public sealed class KNearestRegressor : IRegressor
{
    readonly ValuedRows _train;

    public KNearestRegressor(ValuedRows train, int neighbours)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        if (train.Count == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        (_train, Neighbours) = (train, neighbours);
    }

    public int Neighbours { get; }
    public string Name => "k-NN";
    public string Description => $"mean of the {Neighbours} nearest training examples (of {_train.Count})";

    /// <summary>Chooses k among the candidates by the squared error on the validation rows; the smaller one when several are equal.</summary>
    public static KNearestRegressor Choose(ValuedRows train, ValuedRows validation, IReadOnlyList<int> candidates, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        var table = NearestNeighbours.Search(validation.Features, train.Features, candidates.Max(), cancellation);
        var best = candidates.Order().MinBy(k => Losses.Squared(validation.Targets, new KNearestRegressor(train, k).Average(table), train.Outputs).Sum());
        return new KNearestRegressor(train, best);
    }

    public float[] Predict(FeatureMatrix features) => Average(NearestNeighbours.Search(features, _train.Features, Neighbours));

    float[] Average(NeighbourTable table)
    {
        var used = Math.Min(Neighbours, table.Neighbours);
        var predictions = new float[table.Queries * _train.Outputs];
        for (var i = 0; i < table.Queries; i++)
            foreach (var row in table.Of(i)[..used])
                for (var o = 0; o < _train.Outputs; o++)
                    predictions[i * _train.Outputs + o] += _train.Target(row)[o] / used;
        return predictions;
    }
}
