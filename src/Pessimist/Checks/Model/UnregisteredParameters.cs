using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Model;

/// <summary>PES206 unregistered-parameters</summary>
public sealed class UnregisteredParameters() : Check(About), IReads<ModuleBuilt>, IReads<ParameterObserved>, IReads<OptimizerBuilt>, IReads<ExceptionRaised>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES206",
        Name = "unregistered-parameters",
        Level = Level.Error,
        Summary = "modules lie in a plain list or dictionary: they are never trained, moved or saved",
        Explains = [.. Consequences.OfCause, "PES404", "PES503", "PES805"],
        Docs = """
            ## Why it matters
            A network finds the modules that are its own fields, and those in a `ModuleList`, `ModuleDict` or `Sequential`. Those in a plain list or
            dictionary take part in the forward pass, but `parameters()`, `to(device)` and `state_dict()` do not know of them: they stay as they
            were initialized.

            It is proved: a gradient reaches their parameters, and no optimizer holds them.

            ## When it is a false alarm
            A teacher, a target network or a loss network is hidden in a list on purpose, so that it is not trained or saved. Frozen, or used without
            gradients, it is silent. Parameters that are given to the optimizer by hand are trained; of them it is only noted that they are not saved.

            ## What to do
            Use `ModuleList`, `ModuleDict` or `Sequential` instead of the plain list.
            """,
    };

    readonly List<ModuleBuilt> _modules = [];
    readonly List<ParameterObserved> _parameters = [];
    readonly HashSet<string> _optimized = new(StringComparer.Ordinal);
    ExceptionRaised? _crash;
    bool _any;

    public void Read(ModuleBuilt observation)
    {
        _any = true;
        if (!observation.Registered && _modules.Count < 1000) _modules.Add(observation);
    }

    public void Read(ParameterObserved observation)
    {
        _any = true;
        if (!observation.Registered && observation.AliasOf is null && _parameters.Count < 10_000) _parameters.Add(observation);
    }

    public void Read(OptimizerBuilt observation)
    {
        foreach (var name in observation.Groups.SelectMany(g => g.Parameters)) _optimized.Add(name);
    }

    public void Read(ExceptionRaised observation)
    {
        if (Crashes.KindOf(observation) == CrashKind.NoParameters) _crash ??= observation;
    }

    public override Verdict Conclude()
    {
        if (!_any) return NotEnoughEvidence("no network was observed");
        if (_modules.Count == 0 && _parameters.Count == 0) return Passed("every module is registered");
        var asking = _parameters.Where(p => p.RequiresGradient).ToArray();
        var held = asking.Where(IsOptimized).ToArray();
        var lost = asking.Except(held).Where(p => p.GradientNorm is not null).ToArray();
        if (lost.Length > 0)
            return Found(Finding($"{DidYouMean.List(lost.Select(p => p.Name), 4)} {(lost.Length == 1 ? "is" : "are")} in no registered module: never trained, moved or saved", EvidenceClass.Proved) with
            {
                Location = Where(lost[0]),
                Evidence = [new("parameters with a gradient that no optimizer holds", Number(lost.Length), "0", "definition")],
                Fixes = ["put the modules into a ModuleList, ModuleDict or Sequential instead of a plain list or dictionary"],
            });
        if (_crash is { } crash && _modules.Count > 0)
            return Found(Finding("the optimizer was given no parameters: the modules lie in a plain list or dictionary", EvidenceClass.Proved) with
            {
                Location = Location.Of(_modules[0].Site, _modules[0].Name),
                Related = [.. crash.Stack.Take(1).Select(s => new RelatedLocation(s.File, s.Line, "the optimizer is constructed here"))],
                Evidence = [new("modules that are not registered", Number(_modules.Count), "0", "definition")],
                Fixes = ["put the modules into a ModuleList, ModuleDict or Sequential instead of a plain list or dictionary"],
            });
        if (held.Length > 0)
            return Found(Finding($"{DidYouMean.List(held.Select(p => p.Name), 4)} {(held.Length == 1 ? "is" : "are")} trained, but in no registered module: not moved or saved with the network", EvidenceClass.Proved, Level.Note) with
            {
                Location = Where(held[0]),
                Evidence = [new("parameters that state_dict does not hold", Number(held.Length), "0", "definition")],
                Fixes = ["put the modules into a ModuleList, ModuleDict or Sequential instead of a plain list or dictionary"],
            });
        return asking.Length == 0 && _parameters.Count > 0 ? Passed("the modules that are not registered are frozen")
            : NotEnoughEvidence("modules are not registered, but no gradient was seen to reach them");
    }

    bool IsOptimized(ParameterObserved parameter) =>
        parameter.Optimizers is { Count: > 0 } || _optimized.Contains(parameter.Model == 0 ? parameter.Name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{parameter.Model}/{parameter.Name}"));

    Location? Where(ParameterObserved parameter)
    {
        var module = parameter.Name.LastIndexOf('.') is > 0 and var dot ? parameter.Name[..dot] : null;
        var site = parameter.Site ?? _modules.FirstOrDefault(m => m.Name == module && m.Model == parameter.Model)?.Site;
        return Location.Of(site, module);
    }

    static string Number(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
