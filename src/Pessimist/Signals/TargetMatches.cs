using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>Whether the targets of the training batches stand among their inputs: only what holds in every batch counts.</summary>
public sealed class TargetMatches
{
    TargetMatch? _match;
    HashSet<long>? _elements;
    bool _broken;

    /// <summary>Training batches whose target was seen, and examples in them.</summary>
    public int Batches { get; private set; }
    public long Examples { get; private set; }

    /// <summary>Shape of the input that holds it, in the first batch.</summary>
    public IReadOnlyList<long> Shape { get; private set; } = [];

    /// <summary>Where a batch goes in.</summary>
    public Site? Site { get; private set; }

    /// <summary>What holds in every batch so far; null when nothing does.</summary>
    public TargetMatch? Always => _broken || _match is null ? null : _elements is null ? _match : _match with { Elements = [.. _elements.Order()] };

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase != Phase.Train || observation.Target is null || observation.Inputs.Count == 0) return;
        Batches++;
        Examples += observation.Inputs[0].Shape is [var n, ..] ? n : 1;
        if (_broken) return;
        var match = observation.TargetMatch;
        if (match is null || match.Input < 0 || match.Input >= observation.Inputs.Count || _match is not null && (match.Input, match.Ahead, match.Dimension) != (_match.Input, _match.Ahead, _match.Dimension))
        {
            _broken = true;
            return;
        }

        if (_match is null)
        {
            (_match, Shape, Site) = (match, observation.Inputs[match.Input].Shape, observation.Site);
            if (match.Ahead is null) _elements = [.. match.Elements];
        }

        _elements?.IntersectWith(match.Elements);
        if (_elements is { Count: 0 }) _broken = true;
    }
}
