using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Observations;

namespace Pessimist.Diagnosis;

/// <summary>Delivers to one check what it reads; a check that throws is crashed for itself alone.</summary>
sealed class CheckFeed(Check check, CheckSettings settings)
{
    static readonly ConcurrentDictionary<Type, FrozenDictionary<Type, Action<Check, Observation>>> s_readers = [];
    static readonly MethodInfo s_reader = typeof(CheckFeed).GetMethod(nameof(Reader), BindingFlags.Static | BindingFlags.NonPublic)!;

    readonly Exclusion? _excluded = settings.ExclusionOf(check.Info);
    readonly FrozenDictionary<Type, Action<Check, Observation>> _readers = s_readers.GetOrAdd(check.GetType(), ReadersOf);
    string? _crash;

    public CheckInfo Info => check.Info;

    /// <summary>The types of records that the check reads; none when its verdict is not wanted.</summary>
    public IEnumerable<Type> Reads => _excluded is { Runs: false } ? [] : _readers.Keys;

    public void Read(Observation observation)
    {
        if (_crash is not null || !_readers.TryGetValue(observation.GetType(), out var read)) return;
        try
        {
            read(check, observation);
        }
#pragma warning disable CA1031 // Whatever a check throws, it must not take the others down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _crash = Describe(e);
        }
    }

    public Verdict Conclude()
    {
        if (_excluded is { Runs: false } left) return new Verdict.Ignored(left.Why);
        var verdict = Judge();
        // A crash is told whatever is ignored: nobody asked for it to be hidden.
        if (verdict is Verdict.Crashed) return verdict;
        if (verdict is not Verdict.Found { Finding: var finding }) return _excluded is { } quiet ? new Verdict.Ignored(quiet.Why) : verdict;
        finding = WithChangedLimits(finding);
        return (_excluded ?? (finding.Location is { } at ? settings.ExclusionOf(check.Info, at.File) : null)) is { } excluded
            ? new Verdict.Ignored(excluded.Why, finding)
            : new Verdict.Found(finding);
    }

    /// <summary>A limit that the project has set is told beside what it led to.</summary>
    Finding WithChangedLimits(Finding finding)
    {
        ChangedLimit[] changed = [.. settings.ChangedLimits().Where(c => c.Check == check.Info.Name)];
        return changed.Length == 0 ? finding : finding with
        {
            Notes = [.. finding.Notes, .. changed.Select(c => $"{settings.File ?? "the project"} sets the limit {c.Limit} to {Limit.Text(c.Value)}; the default is {Limit.Text(c.Default)}")],
        };
    }

    Verdict Judge()
    {
        if (_crash is not null) return new Verdict.Crashed(_crash);
        try
        {
            return check.Conclude();
        }
#pragma warning disable CA1031 // Whatever a check throws, it must not take the others down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new Verdict.Crashed(Describe(e));
        }
    }

    static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}";

    static FrozenDictionary<Type, Action<Check, Observation>> ReadersOf(Type check) => check.GetInterfaces()
        .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReads<>))
        .Select(i => i.GetGenericArguments()[0])
        .ToFrozenDictionary(o => o, o => (Action<Check, Observation>)s_reader.MakeGenericMethod(o).Invoke(null, null)!);

    static Action<Check, Observation> Reader<T>() where T : Observation => (check, observation) => ((IReads<T>)check).Read((T)observation);
}
