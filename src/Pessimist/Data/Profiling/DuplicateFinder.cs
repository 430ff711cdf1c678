using System.Numerics;
using System.Runtime.InteropServices;
using MathNet.Numerics.Distributions;

namespace Pessimist.Data.Profiling;

/// <summary>Finds examples with equal inputs by hashing, and compares them fully.</summary>
static class DuplicateFinder
{
    const int MostPairs = 50;

    public static DuplicateFacts Find(PreparedData data)
    {
        var all = data.Encoded;
        var sides = new byte[all.Count];
        foreach (var p in data.Split.Validation) sides[p] = 1;
        foreach (var p in data.Split.Test) sides[p] = 2;
        var groups = Groups(all);

        int extra = 0, conflicting = 0, insideTrain = 0, validationInTrain = 0, testInTrain = 0, testInValidation = 0;
        List<EqualPair> pairs = [];
        foreach (var group in groups)
        {
            extra += group.Count - 1;
            var counts = new int[3];
            foreach (var member in group) counts[sides[member]]++;
            if (counts[0] > 1) insideTrain += counts[0];
            if (counts[0] > 0) validationInTrain += counts[1];
            if (counts[0] > 0) testInTrain += counts[2];
            if (counts[1] > 0) testInValidation += counts[2];
            var conflict = group.Exists(m => !SameTarget(all, group[0], m));
            if (conflict) conflicting++;
            if (pairs.Count < 20 * MostPairs) AddPairs(pairs, all, group, sides);
        }

        var test = data.Split.Test.Length;
        // Laplace's rule keeps the rate above zero when the training set has no twins.
        var rate = (insideTrain + 1.0) / (data.Split.Train.Length + 2.0);
        return new DuplicateFacts
        {
            Groups = groups.Count,
            Extra = extra,
            ConflictingGroups = conflicting,
            TwinsInsideTrain = insideTrain,
            ValidationInTrain = validationInTrain,
            TestInTrain = testInTrain,
            TestInValidation = testInValidation,
            ExpectedByChance = groups.Count == 0 ? 0 : ExpectedPairs(all),
            AcrossP = testInTrain == 0 ? 1 : 1 - Binomial.CDF(rate, test, testInTrain - 1),
            Pairs = [.. pairs.OrderBy(p => p.Place < PairPlace.TrainValidation).ThenBy(p => p.SameTarget).Take(MostPairs)],
            SharedGroups = data.Split.TestWasGiven && data.Targets.Groups is { } ids ? Shared(data, ids, sides) : [],
        };
    }

    static void AddPairs(List<EqualPair> pairs, DataSet all, List<int> group, byte[] sides)
    {
        // Each member beside the first of every set: enough to see who repeats whom, without all n² pairs.
        foreach (var side in (ReadOnlySpan<byte>)[0, 1, 2])
        {
            var first = group.FindIndex(m => sides[m] == side);
            if (first < 0) continue;
            for (var i = 0; i < group.Count; i++)
            {
                var other = group[i];
                if (i == first || sides[other] < side || (sides[other] == side && i < first)) continue;
                pairs.Add(new EqualPair(all.Id(group[first]), all.Id(other), Place(side, sides[other]), SameTarget(all, group[first], other)));
            }
        }
    }

    static PairPlace Place(byte a, byte b) => (a, b) switch
    {
        (0, 0) => PairPlace.InsideTrain,
        (1, 1) => PairPlace.InsideValidation,
        (2, 2) => PairPlace.InsideTest,
        (0, 1) => PairPlace.TrainValidation,
        (0, 2) => PairPlace.TrainTest,
        _ => PairPlace.ValidationTest,
    };

    static bool SameTarget(DataSet data, int a, int b)
    {
        if (data.IsClassification) return data.Classes[a] == data.Classes[b];
        var width = data.TargetNames.Count;
        return data.Values.AsSpan(a * width, width).SequenceEqual(data.Values.AsSpan(b * width, width));
    }

    static List<List<int>> Groups(DataSet data)
    {
        var first = new Dictionary<ulong, int>(data.Count);
        var byFirst = new Dictionary<int, List<int>>();
        for (var i = 0; i < data.Count; i++)
        {
            var hash = Hash(data.Input(i));
            // A collision of different inputs moves on to the next key.
            for (; ; hash++)
            {
                if (first.TryAdd(hash, i)) break;
                var earlier = first[hash];
                if (!data.Input(earlier).SequenceEqual(data.Input(i))) continue;
                if (!byFirst.TryGetValue(earlier, out var members)) byFirst[earlier] = members = [earlier];
                members.Add(i);
                break;
            }
        }

        return [.. byFirst.OrderBy(g => g.Key).Select(g => g.Value)];
    }

    static ulong Hash(ReadOnlySpan<float> input)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)input.Length;
        var words = MemoryMarshal.Cast<float, ulong>(input);
        foreach (var word in words) hash = BitOperations.RotateLeft((hash ^ word) * Prime, 29);
        if ((input.Length & 1) == 1) hash = (hash ^ BitConverter.SingleToUInt32Bits(input[^1])) * Prime;
        return hash ^ (hash >> 32);
    }

    static double ExpectedPairs(DataSet data)
    {
        // The chance that two rows agree in one feature, from a sample of pairs at a fixed distance: exact counts would cost a sort of every feature.
        var log = 0.0;
        var sample = Math.Min(data.Count, 4000);
        var step = Math.Max(1, data.Count / sample);
        var values = new float[sample];
        for (var j = 0; j < data.InputLength && log > -60; j++)
        {
            for (var i = 0; i < sample; i++) values[i] = data.Input(i * step)[j];
            Array.Sort(values);
            double same = 0;
            for (int i = 0, from = 0; i <= sample; i++)
            {
                if (i < sample && values[i] == values[from]) continue;
                same += (double)(i - from) * (i - from - 1);
                from = i;
            }

            var pairs = (double)sample * (sample - 1);
            log += Math.Log(Math.Max(same, 1) / Math.Max(pairs, 1));
        }

        return Math.Exp(log) * data.Count * (data.Count - 1.0) / 2;
    }

    static IReadOnlyList<string> Shared(PreparedData data, int[] groups, byte[] sides)
    {
        HashSet<int> inTest = [], elsewhere = [];
        for (var i = 0; i < groups.Length; i++) (sides[i] == 2 ? inTest : elsewhere).Add(groups[i]);
        inTest.IntersectWith(elsewhere);
        return [.. inTest.Order().Take(MostPairs).Select(g => data.Targets.GroupNames[g])];
    }
}
