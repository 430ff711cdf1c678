using Pessimist.Observations;

namespace Pessimist.Studies.Samplers;

/// <summary>One point of a search and what it gave: lower is better, null when the trial failed or diverged.</summary>
public sealed record Tried(IReadOnlyDictionary<string, double> Point, double? Value);

/// <summary>
/// Coarse to fine random search in rounds: draw over a box, keep the region of the good ones, draw again. The box never shrinks to less than
/// half its width a round, widens again towards an edge that holds the best point, and a tenth of the draws stays global, so that a
/// second basin is still seen. Draws of a round do not depend on each other: the result does not depend on timing.
/// </summary>
public sealed class CoarseToFine
{
    const double GlobalShare = 0.1;
    const double EdgeShare = 0.05;
    const double MinimumWidth = 0.02;

    readonly IReadOnlyList<Parameter> _space;
    readonly int _seed;
    readonly double[] _low;
    readonly double[] _high;
    readonly List<Tried> _tried = [];
    int _round;

    public CoarseToFine(IReadOnlyList<Parameter> space, int seed)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.Count == 0) throw new PessimistException("there is nothing to tune: the space has no parameter");
        (_space, _seed) = (space, seed);
        _low = new double[space.Count];
        _high = [.. Enumerable.Repeat(1.0, space.Count)];
    }

    /// <summary>The region that the next round draws from.</summary>
    public IReadOnlyDictionary<string, ParameterRange> Box => _space
        .Select((p, i) => (p.Name, Range: new ParameterRange(p.FromUnit(_low[i]), p.FromUnit(_high[i]), p.Log)))
        .ToDictionary(x => x.Name, x => x.Range);

    /// <summary>Points for one round: a randomly shifted Halton sequence over the box (Halton 1960; shift after Cranley and Patterson 1976).</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Draw(int count)
    {
        var random = new Random(HashCode(_seed, _round));
        var shift = _space.Select(_ => random.NextDouble()).ToArray();
        var points = new List<IReadOnlyDictionary<string, double>>(count);
        for (var k = 0; k < count; k++)
        {
            var global = _round > 0 && random.NextDouble() < GlobalShare;
            points.Add(_space.Select((p, j) =>
            {
                var u = (Halton(k + 1, s_primes[j % s_primes.Length]) + shift[j]) % 1;
                return (p.Name, Value: p.FromUnit(global ? u : _low[j] + u * (_high[j] - _low[j])));
            }).ToDictionary(x => x.Name, x => x.Value));
        }
        return points;
    }

    /// <summary>Closes a round: narrows the box to where the good ones lie. Returns what it did, in words.</summary>
    public string Close(IEnumerable<Tried> round)
    {
        _tried.AddRange(round);
        _round++;
        var good = _tried.Where(t => t.Value is { } v && double.IsFinite(v)).OrderBy(t => t.Value).ToArray();
        var elites = good.Take(Math.Max(4, (int)Math.Round(Math.Sqrt(good.Length)))).ToArray();
        if (elites.Length < 4) return "too few trials gave a value: the box stays";

        // Log-rank weights, as in CMA-ES (Hansen 2016, eq. 49): the best counts most.
        var weights = elites.Select((_, i) => Math.Log(elites.Length + 0.5) - Math.Log(i + 1)).ToArray();
        var sum = weights.Sum();
        var words = new List<string>();
        for (var j = 0; j < _space.Count; j++)
        {
            var parameter = _space[j];
            var units = elites.Select(e => Math.Clamp(parameter.ToUnit(e.Point[parameter.Name]), 0, 1)).ToArray();
            var mean = units.Zip(weights, (u, w) => u * w).Sum() / sum;
            var deviation = Math.Sqrt(units.Zip(weights, (u, w) => w * (u - mean) * (u - mean)).Sum() / sum);
            if (Narrow(j, (mean + units[0]) / 2, deviation, units[0])) words.Add(parameter.Name);
        }
        return words.Count == 0 ? "narrowed round the best" : $"widened towards the edge for {string.Join(", ", words)}: the best lies there";
    }

    bool Narrow(int j, double centre, double deviation, double best)
    {
        var width = _high[j] - _low[j];
        var atEdge = best - _low[j] < EdgeShare * width && _low[j] > 0 || _high[j] - best < EdgeShare * width && _high[j] < 1;
        var target = atEdge ? Math.Min(1, width * 1.5) : Math.Clamp(4 * deviation, Math.Max(width / 2, MinimumWidth), width);
        if (atEdge) centre = best;
        _low[j] = Math.Clamp(centre - target / 2, 0, 1 - target);
        _high[j] = Math.Min(1, _low[j] + target);
        return atEdge;
    }

    static readonly int[] s_primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

    static double Halton(int index, int radix)
    {
        double value = 0, digit = 1.0 / radix;
        for (; index > 0; index /= radix, digit /= radix) value += digit * (index % radix);
        return value;
    }

    // HashCode.Combine is seeded per process; this must not be.
    static int HashCode(int seed, int round) => unchecked((int)((uint)seed * 2654435761u + (uint)round * 40503u));
}
