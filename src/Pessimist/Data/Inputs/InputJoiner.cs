using System.Globalization;
using Pessimist.Text;

namespace Pessimist.Data.Inputs;

/// <summary>Reads several inputs and matches their examples: row by row, or by a column of ids (for pictures: the name of the file).</summary>
public static class InputJoiner
{
    const string Label = "label";

    /// <param name="id">Null for the order in which the examples stand.</param>
    /// <exception cref="PessimistException">An input cannot be read, or its examples do not match the others'; both are named.</exception>
    public static JoinedInputs Read(IReadOnlyList<NamedInput> inputs, string? id = null, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2) throw new PessimistException($"--input names {(inputs.Count == 0 ? "nothing" : $"one input, {inputs[0]}")}", "name two inputs or more, or give one as DATA");
        if (inputs.GroupBy(i => i.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new PessimistException($"--input names '{twice.Key}' {twice.Count()} times", "give each input a name of its own");
        options = (options ?? new ReadOptions()) with { NeedsLabels = false };
        (NamedInput Input, RawData Raw)[] read = [.. inputs.Select(i => (i, AsColumn(DataReader.Read(i.Path, null, options))))];
        List<string> notes = [.. read.SelectMany(r => r.Raw.Notes.Select(n => $"{r.Input.Name}: {n}"))];
        var matched = id is null ? ByOrder(read, notes) : ById(read, id, notes);
        return Join(inputs, matched, id, notes);
    }

    /// <summary>A vector with one number for each example is a column, of targets for instance.</summary>
    static RawData AsColumn(RawData raw)
    {
        if (raw is not { Kind: DataKind.Arrays, Labels: null, Items: { Shape: [1] } items }) return raw;
        var values = new double[items.Count];
        for (var i = 0; i < values.Length; i++) values[i] = items.Bytes is { } bytes ? bytes[i] : items.Floats![i];
        return new RawData { Source = raw.Source, Kind = DataKind.Table, Format = raw.Format, Count = raw.Count, Columns = [new NumberColumn("column_1", values)], Notes = raw.Notes };
    }

    static RawData[] ByOrder((NamedInput Input, RawData Raw)[] read, List<string> notes)
    {
        var first = read[0];
        foreach (var (input, raw) in read)
            if (raw.Count != first.Raw.Count)
                throw new PessimistException(string.Create(CultureInfo.InvariantCulture,
                    $"--input {first.Input} holds {first.Raw.Count} examples and --input {input} holds {raw.Count}: by their order they cannot be matched"),
                    "give inputs with one row for each example in the same order, or match them by a column with --id COLUMN (pictures by their file names)");
        notes.Add("examples of the inputs are matched by their order (--id COLUMN matches them by a column)");
        return [.. read.Select(r => r.Raw)];
    }

    static RawData[] ById((NamedInput Input, RawData Raw)[] read, string id, List<string> notes)
    {
        var keys = read.Select(r => Keys(r.Input, r.Raw, id)).ToArray();
        var lead = Array.FindIndex(read, r => r.Raw.Kind == DataKind.Table);
        if (lead < 0) throw new PessimistException($"--id {id}: none of the inputs is a table with that column", "leave --id out; the examples are then matched by their order");
        string[] order = [.. keys[lead].Names];
        var matched = new RawData[read.Length];
        for (var p = 0; p < read.Length; p++)
        {
            var rows = keys[p].Rows;
            string[] missing = [.. order.Where(k => !rows.ContainsKey(k))];
            if (missing.Length > 0) throw Unmatched(read[lead].Input, read[p].Input, missing, id);
            int[] chosen = [.. order.Select(k => rows[k])];
            var used = chosen.ToHashSet();
            string[] extra = [.. keys[p].Names.Where((_, row) => !used.Contains(row))];
            if (extra.Length > 0) throw Unmatched(read[p].Input, read[lead].Input, extra, id);
            matched[p] = Select(read[p].Raw, chosen, id);
        }

        notes.Add($"examples of the inputs are matched by '{id}'{(read.Any(r => r.Raw.Paths is not null) ? ", pictures by their file names" : "")}");
        return matched;
    }

    static PessimistException Unmatched(NamedInput has, NamedInput lacks, string[] ids, string id) => new(
        string.Create(CultureInfo.InvariantCulture, $"--id {id}: {(ids.Length == 1 ? "one example" : $"{ids.Length} examples")} of --input {has} {(ids.Length == 1 ? "is" : "are")} not in --input {lacks}: {DidYouMean.List(ids, 5)}"),
        "add what is missing, or take these examples out");

    /// <summary>The ids in the order of the rows, and the row of each; a picture is known by its name with and without extension.</summary>
    static (IReadOnlyList<string> Names, Dictionary<string, int> Rows) Keys(NamedInput input, RawData raw, string id)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        if (raw.Paths is { } paths)
        {
            string[] stems = [.. paths.Select(p => Path.GetFileNameWithoutExtension(p))];
            for (var row = 0; row < paths.Count; row++)
                if (!rows.TryAdd(stems[row], row))
                    throw new PessimistException($"--id {id}: --input {input} holds {paths[rows[stems[row]]]} and {paths[row]}, of one name", "give every picture a name of its own");
            for (var row = 0; row < paths.Count; row++) rows.TryAdd(Path.GetFileName(paths[row]), row);
            return (stems, rows);
        }

        if (raw.Kind != DataKind.Table)
            throw new PessimistException($"--id {id}: --input {input} is an array and has no ids", "leave --id out, which matches the examples by their order, or give it as a table");
        var column = raw.Columns.FirstOrDefault(c => c.Name == id)
            ?? throw new PessimistException($"--id: --input {input} has no column '{id}'{DidYouMean.Suffix(id, raw.Columns.Select(c => c.Name))}", $"its columns are {DidYouMean.List(raw.Columns.Select(c => c.Name))}");
        var names = new string[raw.Count];
        for (var row = 0; row < names.Length; row++)
        {
            if (column.IsMissing(row)) throw new PessimistException($"--id: '{id}' of --input {input} is missing in {raw.Id(row)}", "fill it in, or leave the row out");
            names[row] = column.Show(row);
            if (!rows.TryAdd(names[row], row))
                throw new PessimistException($"--id: '{id}' of --input {input} is '{names[row]}' in {raw.Id(rows[names[row]])} and in {raw.Id(row)}", "an id belongs to one example: choose another column, or join the rows");
        }

        return (names, rows);
    }

    static RawData Select(RawData raw, int[] rows, string id) => new()
    {
        Source = raw.Source,
        Kind = raw.Kind,
        Format = raw.Format,
        Count = rows.Length,
        Columns = [.. raw.Columns.Where(c => c.Name != id).Select(c => c.Select(rows))],
        Items = raw.Items?.Select(rows),
        Labels = raw.Labels?.Select(rows),
        Paths = raw.Paths is { } paths ? [.. rows.Select(r => paths[r])] : null,
        Unreadable = raw.Unreadable,
        WrongExtensions = raw.WrongExtensions,
        OddShapes = raw.OddShapes,
    };

    static JoinedInputs Join(IReadOnlyList<NamedInput> inputs, RawData[] matched, string? id, List<string> notes)
    {
        List<(string Name, RawData Raw)> parts = [];
        List<Column> columns = [];
        for (var p = 0; p < matched.Length; p++)
        {
            var raw = matched[p];
            Column[] own = [.. raw.Columns.Select(c => Renamed(c, $"{inputs[p].Name}/{c.Name}"))];
            columns.AddRange(own);
            if (raw.Labels is { } labels) columns.Add(Renamed(labels, $"{inputs[p].Name}/{Label}"));
            parts.Add((inputs[p].Name, new RawData
            {
                Source = raw.Source,
                Kind = raw.Kind,
                Format = raw.Format,
                Count = raw.Count,
                Columns = own,
                Items = raw.Items,
                Paths = raw.Paths,
                Unreadable = raw.Unreadable,
                WrongExtensions = raw.WrongExtensions,
                OddShapes = raw.OddShapes,
            }));
        }

        var starts = matched.Select(m => m.TestStart).Distinct().ToArray();
        var start = id is null && starts.Length == 1 ? starts[0] : null;
        if (start is null && starts.Any(s => s is not null)) notes.Add("the test sets that some inputs bring are dealt anew with the rest");
        return new JoinedInputs(new RawData
        {
            Source = string.Join(" + ", inputs),
            Kind = DataKind.Table,
            Format = $"{inputs.Count} inputs ({string.Join(", ", parts.Select(p => $"{p.Name}: {p.Raw.Format}"))})",
            Count = matched[0].Count,
            Columns = columns,
            Paths = matched.FirstOrDefault(m => m.Paths is not null)?.Paths,
            Unreadable = [.. matched.SelectMany(m => m.Unreadable)],
            WrongExtensions = [.. matched.SelectMany(m => m.WrongExtensions)],
            OddShapes = [.. matched.SelectMany(m => m.OddShapes)],
            Notes = notes,
            TestStart = start,
        }, parts);
    }

    static Column Renamed(Column column, string name) => column is NumberColumn numbers
        ? new NumberColumn(name, numbers.Values.ToArray(), numbers.NotNumbers)
        : new TextColumn(name, ((TextColumn)column).Values.ToArray());
}
