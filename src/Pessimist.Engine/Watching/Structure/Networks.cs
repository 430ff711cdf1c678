using System.Runtime.CompilerServices;
using Pessimist.Engine.Watching.Lines;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>
/// Finds the networks of a program: modules are noted as they are constructed, and the outermost one becomes a network when it is first run
/// or given to an optimizer. Keeps nothing alive.
/// </summary>
sealed class Networks(Recording recording)
{
    const int MostConstructed = 20_000;

    readonly List<WeakReference<Module>> _constructed = [];
    readonly ConditionalWeakTable<Module, Site> _sites = [];
    readonly ConditionalWeakTable<Module, ModuleNote> _modules = [];
    readonly ConditionalWeakTable<Tensor, ParameterNote> _parameters = [];
    readonly ConditionalWeakTable<Module, NamedParameter[]> _parametersOf = [];
    readonly List<Network> _networks = [];
    int _notes;

    public IReadOnlyList<Network> All => _networks;

    public void Constructed(Module module)
    {
        if (_constructed.Count >= MostConstructed) return;
        _constructed.Add(new(module));
        if (CallStack.Find(constructing: module.GetType()) is { } site) _sites.AddOrUpdate(module, site);
    }

    public ModuleNote? Find(Module module) => _modules.TryGetValue(module, out var note) ? note : null;

    public ParameterNote? Find(Tensor tensor) => _parameters.TryGetValue(tensor, out var note) ? note : null;

    /// <summary>The note of a module that runs outside of all others, whose network is taken up if it is new.</summary>
    public ModuleNote? Outermost(Module module)
    {
        if (Find(module) is { } known) return known;
        TakeUp(RootOf(module));
        return Find(module);
    }

    /// <summary>The note of a module that was constructed here and is in no other one; null for all else.</summary>
    public ModuleNote? IfRoot(Module module)
    {
        if (!_sites.TryGetValue(module, out _) || RootOf(module) != module) return null;
        TakeUp(module);
        return Find(module);
    }

    /// <summary>The note of a module that runs inside of one of <paramref name="network"/>.</summary>
    public ModuleNote? Inner(Module module, Network network)
    {
        if (Find(module) is { } known) return known;
        if (network.Root is not { } root) return null;
        // Put in its place after the network was taken up, or kept where the framework does not look.
        if (root.NamedModules().Any(m => m.Module == module)) Note(network, root, "", registered: true);
        else Note(network, module, HiddenModules.PathOf(root, module) ?? module.TypeName, registered: false);
        return Find(module);
    }

    /// <summary>Note of a parameter that an optimizer holds; takes up the network that it is in.</summary>
    public ParameterNote? OwnerOf(Tensor parameter)
    {
        if (Find(parameter) is { } known) return known;
        foreach (var module in Alive().Where(m => Find(m) is null).ToArray())
            if (module.Parameters().Any(p => ReferenceEquals(p, parameter)))
            {
                TakeUp(RootOf(module));
                break;
            }

        return Find(parameter);
    }

    /// <summary>The parameters of a network, hidden ones included, each tensor once.</summary>
    public NamedParameter[] ParametersOf(Network network)
    {
        if (network.Root is not { } root) return [];
        if (_parametersOf.TryGetValue(root, out var known)) return known;
        List<NamedParameter> found = [];
        foreach (var (_, tensor) in root.NamedParameters())
            if (Find(tensor) is { } note)
                found.Add(new(note, tensor));
        foreach (var (tensor, note) in _parameters)
            if (!note.Registered && note.Network == network)
                found.Add(new(note, tensor));
        known = [.. found.Where(p => !p.Tensor.IsDisposed)];
        _parametersOf.Add(root, known);
        return known;
    }

    public void TakeUp(Module root)
    {
        if (Find(root) is not null) return;
        var network = new Network(_networks.Count, root);
        _networks.Add(network);
        Note(network, root, "", registered: true);
    }

    /// <summary>The outermost module that holds this one.</summary>
    Module RootOf(Module module)
    {
        var parents = new Dictionary<Module, Module>(ReferenceEqualityComparer.Instance);
        foreach (var parent in Alive())
            foreach (var (_, child) in parent.NamedChildren())
                parents.TryAdd(child, parent);
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        while (parents.TryGetValue(module, out var parent) && seen.Add(module)) module = parent;
        return module;
    }

    IEnumerable<Module> Alive()
    {
        foreach (var reference in _constructed)
            if (reference.TryGetTarget(out var module))
                yield return module;
    }

    void Note(Network network, Module root, string path, bool registered)
    {
        if (network.Root is { } top) _parametersOf.Remove(top);
        Walk(root, path, []);
        var owners = new Dictionary<Tensor, Module>(ReferenceEqualityComparer.Instance);
        foreach (var (_, module) in root.NamedModules())
            foreach (var (name, parameter) in module.NamedParameters())
                if (!name.Contains('.', StringComparison.Ordinal))
                    owners.TryAdd(parameter, module);
        foreach (var (name, parameter) in root.NamedParameters())
        {
            if (Find(parameter) is not null) continue;
            _parameters.AddOrUpdate(parameter, new ParameterNote(network, Join(path, name))
            {
                Registered = registered,
                Site = owners.TryGetValue(parameter, out var owner) ? SiteOf(owner) : null,
            });
        }

        foreach (var (inside, module) in registered ? root.NamedModules() : [])
            foreach (var (name, tensor) in HiddenModules.TensorsOf(module))
                if (Find(tensor) is null)
                    _parameters.AddOrUpdate(tensor, new ParameterNote(network, Join(Join(path, inside), name)) { Registered = false, Site = SiteOf(module) });

        void Walk(Module module, string name, HashSet<Module> above)
        {
            if (!above.Add(module)) return;
            var children = module.NamedChildren().ToArray();
            var first = Find(module);
            if (first is null || first.Path != name)
            {
                if (first is null) _modules.AddOrUpdate(module, new ModuleNote(network, name, module, children.Length == 0) { Id = ++_notes });
                recording.Add(new ModuleBuilt
                {
                    Model = network.Number,
                    Name = name,
                    Type = module.TypeName,
                    Settings = ModuleSettings.Of(module),
                    AliasOf = first?.Path,
                    Registered = registered,
                    HasChildren = children.Length > 0,
                    Training = module.Training,
                    Site = SiteOf(module),
                });
            }

            foreach (var (child, inner) in children) Walk(inner, Join(name, child), above);
            above.Remove(module);
        }
    }

    /// <summary>Names of further parameters that are tensors already named.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Aliases(Module root)
    {
        var names = root.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter, StringComparer.Ordinal);
        var tensors = new HashSet<Tensor>(names.Values, ReferenceEqualityComparer.Instance);
        return root.StateDict().Where(s => tensors.Contains(s.Value) && !names.ContainsKey(s.Key)).Select(s => (s.Key, s.Value));
    }

    public Site? SiteOf(Module module) => _sites.TryGetValue(module, out var site) ? site
        : module.CreatedAt is { } made ? new Site(made.File, made.Line) : null;

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
