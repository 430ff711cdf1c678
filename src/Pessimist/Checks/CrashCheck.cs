using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>A check that explains an exception of a watched program.</summary>
public abstract class CrashCheck(CheckInfo info, params CrashKind[] kinds) : GraphCheck(info), IReads<ExceptionRaised>, IReads<ModuleBuilt>
{
    const int MostModules = 10_000;

    readonly Dictionary<string, ModuleBuilt> _modules = new(StringComparer.Ordinal);
    bool _any;

    /// <summary>The first exception of the kind; null when there was none.</summary>
    protected ExceptionRaised? Crash { get; set; }

    protected IEnumerable<ModuleBuilt> Modules => _modules.Values;

    void IReads<ExceptionRaised>.Read(ExceptionRaised observation)
    {
        _any = true;
        if (Crash is null && kinds.Contains(Crashes.KindOf(observation)) && Concerns(observation)) Crash = observation;
    }

    void IReads<ModuleBuilt>.Read(ModuleBuilt observation)
    {
        _any = true;
        if (_modules.Count < MostModules) _modules[observation.Name] = observation;
    }

    /// <summary>Some exceptions of a kind are the matter of another check.</summary>
    protected virtual bool Concerns(ExceptionRaised crash) => true;

    /// <summary>The module that was running, when the probe saw how it was built.</summary>
    protected ModuleBuilt? Module => Crash?.Module is { } name ? _modules.GetValueOrDefault(name) : null;

    /// <summary>Starts a finding about the exception: proved, with its line, its shapes and its words.</summary>
    protected Finding Explain(string message, string? fix, IEnumerable<Evidence>? evidence = null)
    {
        var crash = Crash!;
        return Finding(message, EvidenceClass.Proved) with
        {
            Location = At(crash.Stack.Count > 0 ? crash.Stack[0] : null, crash.Module),
            Related = Module?.Site is { } made ? [new RelatedLocation(made.File, made.Line, $"{Name(crash)} is constructed here")] : [],
            Evidence =
            [
                .. evidence ?? [],
                .. crash.Inputs.Take(4).Select((input, i) => new Evidence(input.Role ?? string.Create(CultureInfo.InvariantCulture, $"input {i} of {crash.Operation ?? "the operation"}"), Describe(input))),
                new Evidence("exception", Short(crash.Message)),
            ],
            Fixes = fix is null ? [] : [fix],
        };
    }

    /// <summary>E.g. <c>fc1</c>, or <c>linear</c> where no module was running.</summary>
    protected static string Name(ExceptionRaised crash)
    {
        ArgumentNullException.ThrowIfNull(crash);
        return crash.Module is { Length: > 0 } module ? module : crash.Operation is { Length: > 0 } operation ? operation : "the operation";
    }

    protected Verdict NoCrash => _any || Progress.Count > 0 ? Passed("the program did not end this way") : NotEnoughEvidence("no program was watched");

    protected static string Describe(TensorFacts tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return $"{tensor.DType} {Shape(tensor.Shape)}";
    }

    protected static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>Numbers as <c>28 x 28</c>.</summary>
    protected static string Times(IEnumerable<long> sizes) => string.Join(" x ", sizes.Select(s => s.ToString(CultureInfo.InvariantCulture)));

    static string Short(string message)
    {
        var line = message.ReplaceLineEndings(" ");
        return line.Length <= 300 ? line : line[..300] + "…";
    }
}
