using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>The calls of one kind of loss at one line, and how many of them show something.</summary>
public sealed class LossTally(LossObserved first)
{
    public string Kind { get; } = first.Kind;
    public Site? Site { get; } = first.Site;

    /// <summary>The first call that shows it; the first call when none does.</summary>
    public LossObserved Example { get; set; } = first;

    /// <summary>Calls that show it, that do not, and that do not tell.</summary>
    public long Yes { get; set; }
    public long No { get; set; }
    public long Silent { get; set; }

    /// <summary>Calls that a backward pass follows.</summary>
    public long Train { get; set; }
    public long Calls => Yes + No + Silent;

    /// <summary>No call contradicts it.</summary>
    public bool IsAlways => Yes > 0 && No == 0;

    /// <summary>E.g. <c>120 of 120 batches</c>.</summary>
    public string Share => string.Create(CultureInfo.InvariantCulture, $"{Yes} of {Yes + No} {(Yes + No == 1 ? "batch" : "batches")}");
}

/// <summary>Tallies of the calls of losses, by kind and line; bounded memory.</summary>
public sealed class LossTallies
{
    const int MostPlaces = 64;

    readonly Dictionary<(string Kind, string? File, int? Line), LossTally> _tallies = [];

    /// <summary>Those of training first, then the most frequent.</summary>
    public IEnumerable<LossTally> All => _tallies.Values.OrderByDescending(t => t.Train > 0).ThenByDescending(t => t.Yes);

    /// <param name="shows">True and false speak for and against; null says nothing.</param>
    public void Count(LossObserved loss, bool? shows)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var place = (loss.Kind, loss.Site?.File, loss.Site?.Line);
        if (!_tallies.TryGetValue(place, out var tally))
        {
            if (_tallies.Count == MostPlaces) return;
            _tallies[place] = tally = new LossTally(loss);
        }

        if (loss.Phase == Phase.Train) tally.Train++;
        if (shows is not { } yes) tally.Silent++;
        else if (!yes) tally.No++;
        else if (tally.Yes++ == 0) tally.Example = loss;
    }
}
