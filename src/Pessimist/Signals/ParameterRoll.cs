using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>One parameter of a watched program, and what became of it.</summary>
public sealed record RollEntry
{
    /// <summary>The number of the network and a slash before the name, for networks other than the first.</summary>
    public required string FullName { get; init; }
    public required ParameterObserved Parameter { get; init; }

    /// <summary>An optimizer holds it, now or later; null where nobody looked.</summary>
    public bool? Optimized { get; init; }

    /// <summary>No optimizer holds it, but one that was built earlier holds a tensor that went by the same name.</summary>
    public bool NameIsStale { get; init; }

    /// <summary>Steps at which it was measured, and those of them with a gradient.</summary>
    public int Measured { get; init; }
    public int WithGradient { get; init; }

    /// <summary>Steps at which it moved, though it held no gradient: the gradient that moved it was kept elsewhere.</summary>
    public int MovedWithout { get; init; }

    /// <summary>An operation of a traced step read it; null where none of its network was traced.</summary>
    public bool? Used { get; init; }

    /// <summary>A gradient reached it at some time.</summary>
    public bool GetsGradient => Parameter.GradientNorm is not null || WithGradient > 0;
}

/// <summary>Parameters, optimizers and measurements of a watched program, brought together by name.</summary>
public sealed class ParameterRoll
{
    /// <summary>More parameters than this are not followed.</summary>
    const int Most = 20_000;
    const string Role = "parameter ";

    readonly Dictionary<string, RollEntry> _entries = [];
    readonly List<string> _order = [];
    readonly Dictionary<int, OptimizerBuilt> _optimizers = [];
    readonly HashSet<string> _held = [];
    readonly HashSet<string> _used = [];
    readonly HashSet<string> _traced = [];

    /// <summary>In the order in which they were first observed: from the input on, network by network.</summary>
    public IEnumerable<RollEntry> Entries => _order.Select(n => _entries[n] with { Used = _traced.Contains(Network(n)) ? _used.Contains(n) : null });

    /// <summary>Parameters that ask for gradients, are registered, and are no second name of another.</summary>
    public IEnumerable<RollEntry> Asking => Entries.Where(e => e.Parameter is { RequiresGradient: true, Registered: true, AliasOf: null });

    /// <summary>The last record of each optimizer, by number.</summary>
    public IReadOnlyDictionary<int, OptimizerBuilt> Optimizers => _optimizers;

    /// <summary>Optimizer steps at which parameters were measured.</summary>
    public int Measurements { get; private set; }

    /// <summary>Full names that some optimizer holds.</summary>
    public IReadOnlySet<string> Held => _held;

    public static string FullName(ParameterObserved parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Model == 0 ? parameter.Name : string.Create(CultureInfo.InvariantCulture, $"{parameter.Model}/{parameter.Name}");
    }

    public void Read(ParameterObserved parameter)
    {
        var name = FullName(parameter);
        var known = _entries.GetValueOrDefault(name);
        if (known is null)
        {
            if (_order.Count >= Most) return;
            _order.Add(name);
        }

        var listed = _held.Contains(name);
        _entries[name] = new RollEntry
        {
            FullName = name,
            Parameter = parameter.GradientNorm is null && known?.Parameter.GradientNorm is { } earlier ? parameter with { GradientNorm = earlier } : parameter,
            Optimized = parameter.Optimizers is { } optimizers ? optimizers.Count > 0 : listed ? true : null,
            NameIsStale = listed && parameter.Optimizers is { Count: 0 },
            Measured = known?.Measured ?? 0,
            WithGradient = known?.WithGradient ?? 0,
            MovedWithout = known?.MovedWithout ?? 0,
        };
    }

    public void Read(OptimizerBuilt optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        _optimizers[optimizer.Optimizer] = optimizer;
        foreach (var name in optimizer.Groups.SelectMany(g => g.Parameters))
        {
            if (_held.Count < Most) _held.Add(name);
            if (_entries.TryGetValue(name, out var entry)) _entries[name] = entry with { Optimized = true, NameIsStale = false };
        }
    }

    public void Read(ParametersMeasured measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        Measurements++;
        foreach (var one in measured.Parameters)
            if (_entries.TryGetValue(one.Name, out var entry))
                _entries[one.Name] = entry with
                {
                    Measured = entry.Measured + 1,
                    WithGradient = entry.WithGradient + (one.Gradient is null ? 0 : 1),
                    MovedWithout = entry.MovedWithout + (one is { Gradient: null, Update: > 0 } ? 1 : 0),
                };
    }

    public void Read(OperationSeen operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        // An optimizer reads all that it holds, without gradients and outside of any module.
        if (operation.InPlace || operation.Module is null && (!operation.GradientsOn || operation.Operation.EndsWith("_like", StringComparison.Ordinal))) return;
        foreach (var input in operation.Inputs)
        {
            if (input.Role is not { } role || !role.StartsWith(Role, StringComparison.Ordinal) || _used.Count >= Most) continue;
            var name = role[Role.Length..];
            _used.Add(name);
            _traced.Add(Network(name));
        }
    }

    /// <summary>The number of the network that a full name begins with; empty for the first.</summary>
    static string Network(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? name[..slash] : "";

    /// <summary>Where the optimizer that holds the parameter was built; the last one's place when none is known to hold it.</summary>
    public OptimizerBuilt? OptimizerOf(RollEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (entry.Parameter.Optimizers is [var number, ..] ? _optimizers.GetValueOrDefault(number) : null)
            ?? _optimizers.Values.LastOrDefault(o => o.Groups.Any(g => g.Parameters.Contains(entry.FullName)));
    }
}
