using System.Globalization;

namespace Pessimist.Data.Synthetic;

/// <summary>Sequences: something early has to be remembered until the end.</summary>
static class Memories
{
    const int MostSteps = 100_000;

    /// <summary>Letters of the copy problem; one more feature is the blank, one the sign to answer.</summary>
    const int Letters = 8;

    /// <summary>Knowing nothing costs the variance of the sum of two uniform numbers: 1/6.</summary>
    public static SyntheticSet Adding { get; } = new("adding", "the sum of the two marked numbers of a sequence (Hochreiter and Schmidhuber 1997); knowing nothing costs a squared error of 0.167",
        [("steps", "steps, 100 by default; one mark lies in each half")], (o, draw) =>
        {
            var steps = SyntheticSet.Range("steps", o.Steps ?? 100, 2, MostSteps);
            var x = SyntheticSet.Room(o.Count!.Value, 2 * steps);
            var sums = new float[o.Count.Value];
            for (var i = 0; i < sums.Length; i++)
            {
                var own = x.AsSpan(i * 2 * steps, 2 * steps);
                for (var t = 0; t < steps; t++) own[2 * t] = (float)draw.Uniform();
                var (first, second) = (draw.Whole(steps / 2), steps / 2 + draw.Whole(steps - steps / 2));
                own[2 * first + 1] = own[2 * second + 1] = 1;
                sums[i] = own[2 * first] + own[2 * second];
            }

            return new SyntheticData { Shape = [steps, 2], Inputs = x, Features = ["value", "mark"], Targets = sums };
        });

    public static SyntheticSet Copy { get; } = new("copy", "the first of several letters seen before a long pause (after Hochreiter and Schmidhuber 1997; Arjovsky and others 2016); of 8 letters, so chance is 12.5 %",
        [("steps", "steps of the pause, 20 by default"), ("symbols", "letters that are shown, 5 by default"), ("recall", "letters to give back, 1 by default; several are as many targets, and only NPZ holds those")], (o, draw) =>
        {
            var pause = SyntheticSet.Range("steps", o.Steps ?? 20, 0, MostSteps);
            var symbols = SyntheticSet.Range("symbols", o.Symbols ?? 5, 1, 1000);
            var recall = SyntheticSet.Range("recall", o.Recall ?? 1, 1, symbols);
            // The letters, the pause, and as many steps to answer in, the first of them marked.
            const int Features = Letters + 2;
            var steps = symbols + pause + recall;
            var x = SyntheticSet.Room(o.Count!.Value, steps * Features);
            var letters = new float[o.Count.Value * recall];
            for (var i = 0; i < o.Count.Value; i++)
                for (var t = 0; t < steps; t++)
                {
                    var letter = t < symbols ? draw.Whole(Letters) : t == symbols + pause ? Letters + 1 : Letters;
                    x[(i * steps + t) * Features + letter] = 1;
                    if (t < recall) letters[i * recall + t] = letter;
                }

            string[] names = [.. Enumerable.Range(0, Letters).Select(l => ((char)('a' + l)).ToString(CultureInfo.InvariantCulture))];
            return new SyntheticData { Shape = [steps, Features], Inputs = x, Features = [.. names, "blank", "answer"], Targets = letters, TargetsEach = recall, Classes = names };
        });
}
