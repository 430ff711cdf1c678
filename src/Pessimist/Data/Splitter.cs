using System.Globalization;

namespace Pessimist.Data;

/// <summary>Divides examples into training, validation and test sets, repeatably for a seed.</summary>
public static class Splitter
{
    /// <summary>
    /// Divides the rows of <paramref name="targets"/>: by time or group when such a column was given, else stratified by class, else at random.
    /// Rows from <paramref name="testStart"/> on (in the data's numbering) are a given test set.
    /// </summary>
    public static Split Split(Targets targets, SplitOptions? options = null, int? testStart = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        options ??= new SplitOptions();
        var count = targets.Rows.Length;
        List<int> pool = [], given = [];
        for (var i = 0; i < count; i++) (targets.Rows[i] >= testStart ? given : pool).Add(i);
        var testWasGiven = testStart is not null;
        var parts = testWasGiven ? 2 : 3;
        if (pool.Count < parts)
            throw new PessimistException(
                $"{(pool.Count == 1 ? "there is 1 row" : $"there are {pool.Count} rows")} with a target; {parts} sets need at least one each",
                "give more data");
        if (testWasGiven && given.Count == 0)
            throw new PessimistException("no row of the given test set has a value in the target column", "give a labelled test set");
        if (targets.Groups is not null && targets.Times is not null)
            throw new PessimistException("the split cannot go by group and by time at once", "give one of them");

        var validation = Held(options.Validation, pool.Count, options.MostHeldOut);
        var test = testWasGiven ? 0 : Held(options.Test, pool.Count, options.MostHeldOut);
        if (validation + test >= pool.Count)
            (validation, test) = (1, testWasGiven ? 0 : 1);

        int[] sides;
        SplitKind kind;
        if (targets.Groups is { } groups)
            (kind, sides) = (SplitKind.ByGroup, ByGroup(pool, groups, targets.GroupColumn!, validation, test, parts, options.Seed));
        else if (targets.Times is { } times)
            (kind, sides) = (SplitKind.ByTime, ByTime(pool, times, targets.TimeColumn!, validation, test));
        else
        {
            var stratified = targets.IsClassification && options.Stratified;
            (kind, sides) = (stratified ? SplitKind.Stratified : SplitKind.Random, AtRandom(pool, stratified ? targets.Classes : new int[count], validation, test, options.Seed));
        }

        int[] Side(int side) => [.. pool.Where((_, i) => sides[i] == side)];
        int[] training = Side(0), validating = Side(1), testing = testWasGiven ? [.. given] : Side(2);
        return new Split
        {
            Kind = kind,
            Train = training,
            Validation = validating,
            Test = testing,
            TestWasGiven = testWasGiven,
            Explanation = string.Create(CultureInfo.InvariantCulture,
                $"{training.Length:N0} training, {validating.Length:N0} validation and {testing.Length:N0} test examples, {Words(kind, targets)}{(testWasGiven ? "; the test set was given" : "")}"),
        };
    }

    /// <summary>
    /// An order of the examples in which every prefix is a stratified sample: classes are shuffled one by one, then interleaved by their
    /// share (rank / class size).
    /// </summary>
    public static int[] NestedOrder(int[]? classes, int count, int seed)
    {
        var order = Shuffled(count, seed);
        if (classes is null) return order;
        var sizes = new int[classes.Length == 0 ? 0 : classes.Max() + 1];
        foreach (var label in classes) sizes[label]++;
        var seen = new int[sizes.Length];
        var keys = new double[count];
        for (var i = 0; i < count; i++)
        {
            var label = classes[order[i]];
            keys[i] = (seen[label]++ + 0.5) / sizes[label];
        }

        // Ties must fall the same way everywhere: the shuffled place decides.
        var places = new int[count];
        for (var i = 0; i < count; i++) places[i] = i;
        Array.Sort(places, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        return Array.ConvertAll(places, p => order[p]);
    }

    static int Held(double share, int count, int most) =>
        Math.Min(most, Math.Max(1, (int)Math.Round(share * count, MidpointRounding.AwayFromZero)));

    /// <summary>0 training, 1 validation, 2 test for each of the pool; every class in every set where it has enough examples.</summary>
    static int[] AtRandom(List<int> pool, int[] classes, int validation, int test, int seed)
    {
        var sides = new int[pool.Count];
        var members = new List<int>[pool.Max(p => classes[p]) + 1];
        foreach (var place in Shuffled(pool.Count, seed)) (members[classes[pool[place]]] ??= []).Add(place);
        double validationShare = (double)validation / pool.Count, testShare = (double)test / pool.Count;
        double validationOwed = 0, testOwed = 0;
        foreach (var group in members)
        {
            if (group is null) continue;
            var left = group.Count - 1;
            // What rounding kept back from one class is owed by the next, so that the totals come out.
            testOwed += group.Count * testShare;
            var toTest = test == 0 || left <= 0 ? 0 : Math.Clamp((int)Math.Round(testOwed), 1, left);
            testOwed -= toTest;
            left -= toTest;
            validationOwed += group.Count * validationShare;
            var toValidation = left <= 0 ? 0 : Math.Clamp((int)Math.Round(validationOwed), 1, left);
            validationOwed -= toValidation;
            for (var i = 0; i < toTest + toValidation; i++) sides[group[i]] = i < toTest ? 2 : 1;
        }

        return sides;
    }

    static int[] ByGroup(List<int> pool, int[] groups, string column, int validation, int test, int parts, int seed)
    {
        var members = pool.Select((p, place) => (Group: groups[p], place)).GroupBy(m => m.Group, m => m.place).Select(g => g.ToArray()).ToList();
        if (members.Count < parts)
            throw new PessimistException($"--split group: column '{column}' has {members.Count} distinct values; {parts} sets without a common group need at least {parts}",
                "choose another column, or leave --split out");
        int[] wanted = [int.MaxValue, validation, test];
        var sides = new int[pool.Count];
        var open = members.Count;
        var order = Shuffled(members.Count, seed);
        var next = 0;
        for (var side = parts - 1; side >= 1; side--)
        {
            var filled = 0;
            // Leave at least one group for each set still to fill; skip nothing, so that the order alone decides.
            while (open > side && (filled == 0 || filled + members[order[next]].Length / 2 <= wanted[side]))
            {
                var group = members[order[next++]];
                foreach (var place in group) sides[place] = side;
                filled += group.Length;
                open--;
            }
        }

        return sides;
    }

    static int[] ByTime(List<int> pool, double[] times, string column, int validation, int test)
    {
        var order = Enumerable.Range(0, pool.Count).ToArray();
        Array.Sort(order, (a, b) => times[pool[a]] != times[pool[b]] ? times[pool[a]].CompareTo(times[pool[b]]) : a.CompareTo(b));
        double At(int place) => times[pool[order[place]]];
        // Equal times stay together: a boundary inside a run of them moves to the run's beginning.
        int Boundary(int place)
        {
            while (place > 0 && place < pool.Count && At(place - 1) == At(place)) place--;
            return place;
        }

        var testFrom = test == 0 ? pool.Count : Boundary(pool.Count - test);
        var validationFrom = Boundary(testFrom - validation < 0 ? 0 : testFrom - validation);
        if (validationFrom <= 0 || validationFrom >= testFrom)
            throw new PessimistException($"--split time: column '{column}' has too few distinct times to cut training, validation and test apart",
                "choose another column, or leave --split out");
        var sides = new int[pool.Count];
        for (var i = validationFrom; i < pool.Count; i++) sides[order[i]] = i < testFrom ? 1 : 2;
        return sides;
    }

    static string Words(SplitKind kind, Targets targets) => kind switch
    {
        SplitKind.Stratified => "drawn at random in equal shares of each class",
        SplitKind.ByGroup => $"no value of '{targets.GroupColumn}' in two of them",
        SplitKind.ByTime => $"in the order of '{targets.TimeColumn}', the latest last",
        _ => "drawn at random",
    };

    static int[] Shuffled(int count, int seed)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        new Random(seed).Shuffle(order);
        return order;
    }
}
