namespace Pessimist.Data.Profiling;

/// <summary>Looks for single inputs that give the target away.</summary>
static class DeterminingColumns
{
    /// <summary>Training and held-out rows looked at: 2,000 rows tell 99.9 % from 99 %.</summary>
    const int MostRows = 2000;

    /// <summary>Beyond so many inputs the search costs more than it may find.</summary>
    const int MostInputs = 16_384;

    /// <summary>A weaker column is a good feature, not a leak.</summary>
    const double LeastAccuracy = 0.99;

    const double LeastR2 = 0.999;

    /// <summary>With fewer rows held out a strong feature reaches 100 % by chance.</summary>
    const int LeastHeldOut = 20;

    /// <summary>A majority near 100 % makes any column look perfect.</summary>
    const double LargestBaseline = 0.98;

    const int MostShown = 10;

    public static IReadOnlyList<DeterminingColumn> Find(PreparedData data)
    {
        var all = data.Encoded;
        if (all.Task == TaskKind.MultiLabel || all.InputLength > MostInputs) return [];
        var train = all.Subset(data.Split.Train).Take(MostRows, 0);
        var held = all.Subset([.. data.Split.Validation, .. data.Split.Test]).Take(MostRows, 0);
        if (held.Count < LeastHeldOut || train.TargetNames.Count > 1) return [];
        var baseline = all.IsClassification ? held.Classes.CountBy(c => c).Max(c => c.Value) / (double)held.Count : 0;
        if (baseline > LargestBaseline) return [];

        var columns = Columns(all);
        var scores = new double[columns.Count];
        Parallel.For(0, columns.Count, c =>
        {
            float[] seen = columns[c].Read(train), asked = columns[c].Read(held);
            scores[c] = all.IsClassification ? Accuracy(seen, train.Classes, asked, held.Classes, all.ClassNames.Count) : R2(seen, train.Values, asked, held.Values);
        });
        var least = all.IsClassification ? LeastAccuracy : LeastR2;
        List<DeterminingColumn> found = [];
        for (var c = 0; c < columns.Count; c++)
        {
            if (!(scores[c] >= least)) continue;
            var runnerUp = scores.Where((_, i) => i != c).DefaultIfEmpty(0).Max();
            var (oneToOne, distinct) = Mapping(all, columns[c].Read(all));
            found.Add(new DeterminingColumn(columns[c].Name, scores[c], baseline, oneToOne, distinct, held.Count, runnerUp));
        }

        return [.. found.OrderByDescending(f => f.OneToOne).ThenByDescending(f => f.Score).ThenBy(f => f.Column, StringComparer.Ordinal).Take(MostShown)];
    }

    /// <summary>One or more inputs that make one column: the one-hot inputs of a text column are read as one, so that a renamed label is seen whole.</summary>
    sealed record InputColumn(string Name, int From, int To)
    {
        public float[] Read(DataSet data)
        {
            var values = new float[data.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = To == From + 1 ? data.Input(i)[From] : data.Input(i)[From..To].IndexOf(1f);
            return values;
        }
    }

    static List<InputColumn> Columns(DataSet data)
    {
        var features = data.Features;
        if (features.Count == 0) return [.. Enumerable.Range(0, data.InputLength).Select(j => new InputColumn($"input {j}", j, j + 1))];
        List<InputColumn> columns = [];
        for (var from = 0; from < features.Count;)
        {
            var to = from + 1;
            while (to < features.Count && features[to].Column == features[from].Column) to++;
            columns.Add(new InputColumn(features[from].Column, from, features[from].Kind == FeatureKind.Number ? from + 1 : to));
            from = to;
        }

        return columns;
    }

    /// <summary>Each value held out is given the majority class of the equal, else of the nearest, training values.</summary>
    static double Accuracy(float[] seen, int[] classes, float[] asked, int[] answers, int classCount)
    {
        classes = (int[])classes.Clone();
        Array.Sort(seen, classes);
        float[] keys = new float[seen.Length];
        int[] majority = new int[seen.Length], votes = new int[classCount];
        var distinct = 0;
        for (int from = 0, to; from < seen.Length; from = to)
        {
            var best = classes[from];
            for (to = from; to < seen.Length && seen[to] == seen[from]; to++)
                if (++votes[classes[to]] > votes[best]) best = classes[to];
            for (var i = from; i < to; i++) votes[classes[i]] = 0;
            // NaN never equals itself; it is a key of its own.
            if (to == from) to++;
            (keys[distinct], majority[distinct]) = (seen[from], best);
            distinct++;
        }

        var right = 0;
        for (var i = 0; i < asked.Length; i++)
        {
            var at = Array.BinarySearch(keys, 0, distinct, asked[i]);
            if (at < 0)
            {
                at = ~at;
                if (at == distinct || (at > 0 && asked[i] - keys[at - 1] <= keys[at] - asked[i])) at--;
            }

            if (majority[at] == answers[i]) right++;
        }

        return (double)right / asked.Length;
    }

    static double R2(float[] seen, float[] targets, float[] asked, float[] answers)
    {
        double x = seen.Average(v => (double)v), y = targets.Average(v => (double)v), xx = 0, xy = 0;
        for (var i = 0; i < seen.Length; i++)
        {
            var dx = seen[i] - x;
            xx += dx * dx;
            xy += dx * (targets[i] - y);
        }

        if (!(xx > 0)) return 0;
        double slope = xy / xx, residual = 0, total = 0, mean = answers.Average(v => (double)v);
        for (var i = 0; i < asked.Length; i++)
        {
            var error = answers[i] - (y + slope * (asked[i] - x));
            residual += error * error;
            total += (answers[i] - mean) * (answers[i] - mean);
        }

        return total <= 0 ? 0 : 1 - residual / total;
    }

    static (bool OneToOne, int Distinct) Mapping(DataSet data, float[] values)
    {
        var forward = new Dictionary<float, float>();
        var backward = new Dictionary<float, float>();
        var oneToOne = true;
        for (var i = 0; i < values.Length; i++)
        {
            var target = data.IsClassification ? data.Classes[i] : data.Values[i];
            if (!forward.TryAdd(values[i], target) && forward[values[i]] != target) oneToOne = false;
            if (!backward.TryAdd(target, values[i]) && backward[target] != values[i]) oneToOne = false;
        }

        return (oneToOne, forward.Count);
    }
}
