using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>A check of what goes into the losses of a watched program: every call of a kind is asked the same question.</summary>
public abstract class LossCheck(CheckInfo info) : GraphCheck(info), IReads<ModuleBuilt>
{
    readonly Dictionary<string, ModuleBuilt> _modules = new(StringComparer.Ordinal);
    bool _anyLoss;

    void IReads<ModuleBuilt>.Read(ModuleBuilt observation)
    {
        if (observation is { Site: not null, HasChildren: false }) _modules.TryAdd(observation.Name, observation);
    }

    protected LossTallies Tallies { get; } = new();

    /// <summary>What is asked of a call; null when the call cannot tell.</summary>
    protected abstract bool? Shows(LossObserved loss);

    /// <summary>The check is about losses of this kind.</summary>
    protected abstract bool Concerns(LossObserved loss);

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _anyLoss = true;
        if (Concerns(observation)) Tallies.Count(observation, Shows(observation));
    }

    /// <summary>The verdict when no call was found guilty.</summary>
    /// <param name="kinds">What losses it is about, e.g. <c>a cross-entropy</c>.</param>
    protected Verdict Innocent(string kinds, string why)
    {
        if (!_anyLoss) return NotEnoughEvidence("no call of a loss was observed");
        if (!Tallies.All.Any()) return NotApplicable($"{kinds} is not used");
        return Tallies.All.Any(t => t.No > 0) ? Passed(why) : NotEnoughEvidence($"nobody saw what goes into {kinds}");
    }

    /// <summary>Canonical name of the operation that made the prediction; empty when it is not known.</summary>
    protected static string MakerOf(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.MadeBy is { } made ? OperationNames.Canonical(made) : "";
    }

    /// <summary>Where an activation too many is applied, which is the line to change, with the loss as second place: the line that constructs it where it is a
    /// layer, else that of its call; the loss where nobody saw what made the prediction.</summary>
    /// <param name="name">Name of the activation, e.g. <c>softmax</c>.</param>
    protected (Location? Location, IReadOnlyList<RelatedLocation> Related) Applied(LossTally tally, string name)
    {
        ArgumentNullException.ThrowIfNull(tally);
        ArgumentNullException.ThrowIfNull(name);
        var example = tally.Example;
        var layer = example.MadeIn is { } path && _modules.TryGetValue(path, out var module) && module.Type.Equals(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase) ? module.Site : null;
        var place = MakerOf(example) == name ? layer ?? example.MadeAt : null;
        if (place is null) return (At(tally.Site, example.MadeIn), []);
        RelatedLocation[] calls = layer is not null && example.MadeAt is { } called && called != layer ? [new(called.File, called.Line, "it is applied here")] : [];
        return (At(place, example.MadeIn), [.. calls, .. tally.Site is { } loss && loss != place ? new RelatedLocation[] { new(loss.File, loss.Line, "the loss") } : []]);
    }

    /// <summary>Where the prediction was made, as a second place of a finding.</summary>
    protected static IReadOnlyList<RelatedLocation> Maker(LossObserved loss, string message)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.MadeAt is { } site ? [new RelatedLocation(site.File, site.Line, message)] : [];
    }

    /// <summary>E.g. <c>(net.py:31)</c>, with a space before it; empty when nobody saw the line.</summary>
    protected static string Place(Site? site) => site is null ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" ({site.File}:{site.Line})");
}
