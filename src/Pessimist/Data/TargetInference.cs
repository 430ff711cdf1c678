using System.Globalization;
using Pessimist.Text;

namespace Pessimist.Data;

/// <summary>Finds the target columns and works out the task. States facts only: one class, for instance, is for a check to complain about.</summary>
public static class TargetInference
{
    /// <summary>The most distinct whole numbers of a table's column that count as classes: quality 3..8 are classes, ages are not.</summary>
    const int MostClassNumbers = 20;

    public static Targets Infer(RawData raw, TargetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(raw);
        options ??= new TargetOptions();
        var columns = FindTargets(raw, options.Target);
        var group = options.Group is null ? null : Find(raw, options.Group, "--split group");
        var time = options.Time is null ? null : Find(raw, options.Time, "--split time");
        foreach (var other in new[] { group, time })
            if (other is not null && columns.Contains(other))
                throw new PessimistException($"column '{other.Name}' is the target, and cannot order or group the split as well");

        List<int> kept = [], missing = [];
        for (var row = 0; row < raw.Count; row++)
            (columns.Exists(c => c.IsMissing(row)) ? missing : kept).Add(row);
        if (kept.Count == 0)
            throw new PessimistException($"{raw.Source}: no row has a value in the target column '{columns[0].Name}'", "choose another --target");
        int[] rows = [.. kept];
        var chosen = columns.ConvertAll(c => c.Select(rows));

        var (task, why) = options.Task is { } given ? (given, "as --task says") : Guess(chosen, raw.Kind != DataKind.Table);
        var targets = new Targets
        {
            Task = task,
            Columns = columns.ConvertAll(c => c.Name),
            Rows = rows,
            MissingRows = [.. missing],
            Explanation = "",
            GroupColumn = group?.Name,
            TimeColumn = time?.Name,
            Times = time is null ? null : Times(raw, time.Select(rows), rows),
        };
        if (group is not null)
        {
            var names = new List<string>();
            targets = targets with { Groups = Number(group.Select(rows), names), GroupNames = names };
        }

        targets = targets.IsClassification ? WithClasses(targets, chosen, raw) : WithValues(targets, chosen, raw);
        return targets with { Explanation = Explain(targets, why, options.Task is null) };
    }

    static List<Column> FindTargets(RawData raw, string? target)
    {
        if (target is null)
        {
            if (raw.Labels is not null) return [raw.Labels];
            throw raw.Kind != DataKind.Table && raw.Columns.Count > 0
                ? new PessimistException($"{raw.Source} holds {raw.Columns.Count} labels for each example, and nothing says which one is to be predicted",
                    $"give --target {raw.Columns[0].Name}, or several for numbers and yes/no labels; they are {DidYouMean.List(raw.Columns.Select(c => c.Name))}")
                : raw.Kind == DataKind.Table
                ? new PessimistException($"{raw.Source} is a table, and no target column was given",
                    $"give --target NAME; the columns are {DidYouMean.List(raw.Columns.Select(c => c.Name))}")
                : new PessimistException($"{raw.Source} holds no labels", "put a labels file or array beside it (y, labels, *-labels-idx1-ubyte)");
        }

        // A column whose own name holds a comma wins over a list.
        if (raw.Columns.FirstOrDefault(c => c.Name == target) is { } whole) return [whole];
        if (raw.Labels is { } labels && string.Equals(labels.Name, target, StringComparison.OrdinalIgnoreCase)) return [labels];
        var names = target.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) throw new PessimistException("--target is empty", "give the name of a column");
        return [.. names.Distinct().Select(n => Find(raw, n, "--target"))];
    }

    static Column Find(RawData raw, string name, string option)
    {
        if (raw.Columns.FirstOrDefault(c => c.Name == name) is { } exact) return exact;
        var loose = raw.Columns.Where(c => string.Equals(c.Name.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase)).ToList();
        if (loose.Count == 1) return loose[0];
        var names = raw.Columns.Select(c => c.Name);
        throw raw.Kind == DataKind.Table || raw.Columns.Count > 0
            ? new PessimistException($"{option}: {raw.Source} has no column '{name}'{DidYouMean.Suffix(name, names)}", $"the columns are {DidYouMean.List(names)}")
            : new PessimistException($"{option}: {raw.Source} holds {(raw.Kind == DataKind.Images ? "images" : "arrays")}, not columns", $"leave {option} out");
    }

    static (TaskKind, string) Guess(List<Column> columns, bool labelsCameAlong)
    {
        if (columns.Count > 1)
        {
            var yesNo = columns.All(c => c is NumberColumn n && n.Values.IndexOfAnyExcept(0.0, 1.0) < 0);
            return yesNo
                ? (TaskKind.MultiLabel, $"{columns.Count} target columns of 0 and 1")
                : (TaskKind.Regression, $"{columns.Count} target columns of numbers");
        }

        var column = columns[0];
        var count = column.Count;
        if (column is TextColumn text)
        {
            var names = text.Values.ToArray().Distinct().Count();
            return (names <= 2 ? TaskKind.Binary : TaskKind.MultiClass, $"text with {Counted(names, "distinct value")} in {count} rows");
        }

        var values = ((NumberColumn)column).Values;
        var distinct = Distinct(values);
        var whole = AllWhole(values);
        if (distinct <= 2 && (whole || count >= 10))
            return (TaskKind.Binary, $"{Counted(distinct, "distinct number")} in {count} rows");
        var few = labelsCameAlong ? distinct <= Math.Max(MostClassNumbers, count / 3) : distinct <= MostClassNumbers && distinct <= Math.Max(2, count / 3);
        if (whole && few)
            return (TaskKind.MultiClass, $"whole numbers with {Counted(distinct, "distinct value")} in {count} rows");
        return (TaskKind.Regression, whole ? $"whole numbers with {distinct} distinct values in {count} rows" : "numbers with fractions");
    }

    static Targets WithClasses(Targets targets, List<Column> columns, RawData raw)
    {
        if (columns.Count > 1)
            throw new PessimistException($"a {Words(targets.Task)} task has one target column; {columns.Count} were given: {DidYouMean.List(targets.Columns)}",
                "give one --target, or --task multi-label");
        var names = new List<string>();
        var classes = Number(columns[0], names);
        var classesOfNames = names.Select((name, id) => (name, id)).ToList();
        var numeric = names.TrueForAll(n => TryNumber(n, out _));
        classesOfNames.Sort((a, b) => numeric && TryNumber(a.name, out var x) && TryNumber(b.name, out var y) ? x.CompareTo(y) : string.CompareOrdinal(a.name, b.name));
        var order = new int[names.Count];
        for (var i = 0; i < order.Length; i++) order[classesOfNames[i].id] = i;
        List<string> sorted = [.. classesOfNames.Select(c => c.name)];
        if (targets.Task == TaskKind.Binary && names.Count > 2)
            throw new PessimistException($"--task binary: target '{targets.Columns[0]}' of {raw.Source} has {names.Count} classes: {DidYouMean.List(sorted)}",
                "use --task multi-class");
        return targets with
        {
            Classes = Array.ConvertAll(classes, c => order[c]),
            ClassNames = sorted,
            GivenIds = Ids(sorted),
        };
    }

    static Targets WithValues(Targets targets, List<Column> columns, RawData raw)
    {
        var width = columns.Count;
        var values = new float[targets.Rows.Length * width];
        for (var k = 0; k < width; k++)
        {
            if (columns[k] is not NumberColumn numbers)
                throw new PessimistException($"a {Words(targets.Task)} task needs numbers; column '{columns[k].Name}' of {raw.Source} holds text, such as '{columns[k].Show(0)}'",
                    "leave --task out, or choose another --target");
            for (var i = 0; i < targets.Rows.Length; i++)
            {
                var value = numbers.Values[i];
                if (targets.Task == TaskKind.MultiLabel && value is not (0 or 1))
                    throw new PessimistException($"a multi-label task needs 0 and 1; column '{numbers.Name}' of {raw.Source} holds {numbers.Show(i)} in {raw.Id(targets.Rows[i])}");
                values[i * width + k] = (float)value;
            }
        }

        return targets with { Values = values };
    }

    static string Explain(Targets targets, string why, bool inferred)
    {
        var columns = targets.Columns.Count == 1 ? $"target '{targets.Columns[0]}'" : $"targets {DidYouMean.List(targets.Columns)}";
        var what = targets.Task switch
        {
            TaskKind.Binary => "binary classification",
            TaskKind.MultiClass => $"classification into {Counted(targets.ClassNames.Count, "class", "classes")}",
            TaskKind.MultiLabel => "multi-label classification",
            _ => "regression",
        };
        return $"{columns}: {what}, {(inferred ? $"as it holds {why} (--task overrides)" : why)}";
    }

    /// <summary>Numbers a column's values in order of appearance.</summary>
    static int[] Number(Column column, List<string> names)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbered = new int[column.Count];
        for (var i = 0; i < numbered.Length; i++)
        {
            var name = column.IsMissing(i) ? "(missing)" : column.Show(i);
            if (!ids.TryGetValue(name, out var id))
            {
                ids[name] = id = names.Count;
                names.Add(name);
            }

            numbered[i] = id;
        }

        return numbered;
    }

    static double[] Times(RawData raw, Column column, int[] rows)
    {
        var times = new double[column.Count];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = column switch
            {
                NumberColumn numbers => numbers.Values[i],
                _ => Dates.TryParse(column.Show(i), out var days) ? days : double.NaN,
            };
            if (double.IsNaN(times[i]))
                throw new PessimistException($"--split time: column '{column.Name}' of {raw.Source} holds '{column.Show(i)}' in {raw.Id(rows[i])}, which is no time",
                    "use dates such as 2024-05-31 or numbers");
        }

        return times;
    }

    static LabelIds? Ids(List<string> names)
    {
        var ids = new List<long>(names.Count);
        foreach (var name in names)
        {
            if (!long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)) return null;
            ids.Add(id);
        }

        List<long> gaps = [];
        for (var i = 1; i < ids.Count; i++)
            for (var id = ids[i - 1] + 1; id < ids[i] && gaps.Count < 1000; id++) gaps.Add(id);
        return new LabelIds(ids[0], ids[^1], gaps);
    }

    static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    static bool AllWhole(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (Math.Floor(value) != value || double.IsInfinity(value)) return false;
        return true;
    }

    static int Distinct(ReadOnlySpan<double> values)
    {
        var seen = new HashSet<double>();
        foreach (var value in values) seen.Add(value);
        return seen.Count;
    }

    static string Counted(int count, string one, string? many = null) =>
        count == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{count} {many ?? one + "s"}");

    static string Words(TaskKind task) => task switch
    {
        TaskKind.MultiClass => "multi-class",
        TaskKind.MultiLabel => "multi-label",
        TaskKind.Binary => "binary",
        _ => "regression",
    };
}
