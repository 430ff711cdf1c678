using Pessimist.Observations;

namespace Pessimist.Checks;

/// <summary>The latest measurement of one module's output.</summary>
/// <param name="Location">Where the module was constructed; null when that was not seen.</param>
/// <param name="First">The first measurement, of the network as it began.</param>
public readonly record struct MeasuredModule(int Model, ModuleMeasure First, ModuleMeasure Measure, Location? Location);

/// <summary>A check of what the units of modules put out.</summary>
public abstract class ActivationCheck(CheckInfo info) : ProgramCheck(info), IReads<ActivationsMeasured>, IReads<ModuleBuilt>
{
    /// <summary>More modules than this are not followed.</summary>
    const int Most = 20_000;

    /// <summary>A module may call several rectifiers: they are told apart by their order.</summary>
    readonly SortedDictionary<(int Model, string Name, int Nth), (ModuleMeasure First, ModuleMeasure Last)> _latest = [];
    readonly Dictionary<(int Model, string Name), Site> _sites = [];

    /// <summary>Of each module, sorted by network and name.</summary>
    protected IEnumerable<MeasuredModule> Latest => _latest
        .Select(m => new MeasuredModule(m.Key.Model, m.Value.First, m.Value.Last, At(_sites.GetValueOrDefault((m.Key.Model, m.Key.Name)), m.Key.Name)));

    void IReads<ActivationsMeasured>.Read(ActivationsMeasured observation)
    {
        if (observation.Phase == Phase.Evaluate) return;
        Dictionary<string, int> met = [];
        foreach (var module in observation.Modules)
        {
            var nth = met[module.Name] = met.GetValueOrDefault(module.Name) + 1;
            var key = (observation.Model, module.Name, nth);
            if (_latest.TryGetValue(key, out var known)) _latest[key] = (known.First, module);
            else if (_latest.Count < Most) _latest[key] = (module, module);
        }
    }

    void IReads<ModuleBuilt>.Read(ModuleBuilt observation)
    {
        if (observation.Site is { } site && _sites.Count < Most) _sites[(observation.Model, observation.Name)] = site;
    }

    protected static string Words(MeasuredModule module) => module.Measure.Name.Length == 0 ? $"the {module.Measure.Type}" : $"{module.Measure.Name} ({module.Measure.Type})";
}
