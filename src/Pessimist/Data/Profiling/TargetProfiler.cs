namespace Pessimist.Data.Profiling;

/// <summary>Measures the target.</summary>
static class TargetProfiler
{
    public static TargetFacts Profile(PreparedData data)
    {
        var targets = data.Targets;
        var classes = targets.Classes;
        int[] Histogram(int[] positions)
        {
            var counts = new int[targets.ClassNames.Count];
            foreach (var p in positions) counts[classes[p]]++;
            return counts;
        }

        var facts = new TargetFacts
        {
            Task = targets.Task,
            Columns = targets.Columns,
            Explanation = targets.Explanation,
            Split = data.Split.Explanation,
            Train = data.Split.Train.Length,
            Validation = data.Split.Validation.Length,
            Test = data.Split.Test.Length,
            GivenIds = targets.GivenIds,
            Missing = targets.MissingRows.Length,
            MissingCells = [.. targets.MissingRows.Take(TableProfiler.FewExamples).Select(r => TableProfiler.Cell(data.Raw, r, ""))],
            IsConstant = targets.IsClassification ? targets.ClassNames.Count < 2 : IsConstant(targets),
        };
        if (!targets.IsClassification)
            return facts with { Mean = data.Normalizer.TargetMean, Std = data.Normalizer.TargetStd };

        int[] train = Histogram(data.Split.Train), validation = Histogram(data.Split.Validation), test = Histogram(data.Split.Test);
        List<ClassCount> counts = [.. targets.ClassNames.Select((name, k) => new ClassCount(name, train[k] + validation[k] + test[k], train[k], validation[k], test[k]))];
        var same = 0;
        for (var i = 1; i < classes.Length; i++)
            if (classes[i] == classes[i - 1]) same++;
        return facts with
        {
            Classes = counts,
            SameAsNeighbour = classes.Length < 2 ? 0 : (double)same / (classes.Length - 1),
            SameAsNeighbourByChance = counts.Sum(c => (double)c.Total / classes.Length * c.Total / classes.Length),
        };
    }

    static bool IsConstant(Targets targets)
    {
        var width = targets.Columns.Count;
        for (var k = 0; k < width; k++)
        {
            var constant = true;
            for (var i = k; i < targets.Values.Length && constant; i += width) constant = targets.Values[i] == targets.Values[k];
            if (constant) return true;
        }

        return false;
    }
}
