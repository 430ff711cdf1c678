using Pessimist.Text;

namespace Pessimist.Data.Inputs;

/// <summary>From several matched inputs to what a network gets: each encoded and normalised by itself, then one after another.</summary>
public static class InputPreparation
{
    /// <exception cref="PessimistException">A column does not exist or stands in several inputs, or nothing is left to learn from.</exception>
    public static PreparedData Prepare(JoinedInputs joined, PrepareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(joined);
        options ??= new PrepareOptions();
        var raw = joined.Whole;
        var targets = TargetInference.Infer(raw, options.Target with
        {
            Target = options.Target.Target is { } names ? string.Join(",", names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => Find(joined, n, "--target"))) : TheLabels(joined),
            Group = options.Target.Group is { } group ? Find(joined, group, "--split group") : null,
            Time = options.Target.Time is { } time ? Find(joined, time, "--split time") : null,
        });
        var split = Splitter.Split(targets, options.Split, raw.TestStart);

        HashSet<string> used = [.. targets.Columns, .. new[] { targets.GroupColumn, targets.TimeColumn }.OfType<string>()];
        // A table of targets alone is no input.
        var sources = joined.Parts.Where(p => p.Raw.Kind != DataKind.Table || p.Raw.Columns.Any(c => !used.Contains(c.Name))).ToArray();
        if (sources.Length == 0) throw new PessimistException($"{raw.Source}: nothing is left to learn from besides the target", "add an input that holds numbers, categories or pictures");
        List<PreparedPart> parts = [];
        List<DataSet> encoded = [];
        foreach (var (name, source) in sources)
        {
            var encoder = Encoder.Fit(source, targets, split.Train);
            parts.Add(new PreparedPart(name, source, encoder));
            encoded.Add(encoder.Encode(source, targets));
        }

        var whole = Beside(raw, targets, parts, encoded);
        var train = whole.Subset(split.Train);
        var normalizer = Normalizer.Fit(train, options.Normalization);
        return new PreparedData
        {
            Raw = raw,
            Targets = targets,
            Split = split,
            Encoder = Encoder.Joined([.. parts.Select(p => p.Encoder)]),
            Normalizer = normalizer,
            Encoded = whole,
            Train = normalizer.Apply(train),
            Validation = normalizer.Apply(whole.Subset(split.Validation)),
            Test = normalizer.Apply(whole.Subset(split.Test)),
            Parts = parts,
        };
    }

    static DataSet Beside(RawData raw, Targets targets, List<PreparedPart> parts, List<DataSet> encoded)
    {
        var width = checked(encoded.Sum(e => e.InputLength));
        var count = targets.Rows.Length;
        Limits.CheckFits((long)count * width, sizeof(float), raw.Source);
        var inputs = new float[count * width];
        var offset = 0;
        foreach (var part in encoded)
        {
            for (var i = 0; i < count; i++) part.Input(i).CopyTo(inputs.AsSpan(i * width + offset));
            offset += part.InputLength;
        }

        return DataSet.Create(new DataSet.Storage
        {
            Inputs = inputs,
            Shape = [width],
            Count = count,
            Task = targets.Task,
            Classes = targets.Classes,
            Values = targets.Values,
            ClassNames = targets.ClassNames,
            TargetNames = targets.Columns,
            Features = [.. parts.Zip(encoded).SelectMany(p => p.Second.Features.Count > 0 ? p.Second.Features : Elements(p.First.Name, p.Second.InputShape))],
            Parts = [.. parts.Zip(encoded).Select(p => new InputPart(p.First.Name, p.Second.InputShape, p.First.Raw is { Kind: DataKind.Images, Items.Bytes: not null }))],
            Source = raw,
            Rows = targets.Rows,
            Groups = targets.Groups,
            Times = targets.Times,
        });
    }

    static IEnumerable<Feature> Elements(string name, IReadOnlyList<int> shape)
    {
        var length = shape.Aggregate(1, (a, b) => a * b);
        for (var i = 0; i < length; i++)
        {
            var what = FormattableString.Invariant(shape switch
            {
                [1, _, var width] => (FormattableString)$"row {i / width}, column {i % width}",
                [_, var height, var width] => $"channel {i / (height * width)}, row {i / width % height}, column {i % width}",
                [_, var features] => $"step {i / features}, feature {i % features}",
                _ => $"feature {i}",
            });
            yield return new Feature($"{name}/{what}", $"{name}/{what}", FeatureKind.Element);
        }
    }

    /// <summary>The labels that came with one of the inputs.</summary>
    static string TheLabels(JoinedInputs joined)
    {
        string[] labels = [.. joined.Whole.Columns.Where(c => c.Name.EndsWith("/label", StringComparison.Ordinal) && !joined.Parts.Any(p => p.Raw.Columns.Any(own => own.Name == c.Name))).Select(c => c.Name)];
        return labels switch
        {
            [var one] => one,
            [] => throw new PessimistException($"{joined.Whole.Source}: no target column was given, and no input brings labels",
                $"give --target NAME; the columns are {DidYouMean.List(joined.Whole.Columns.Select(c => c.Name))}"),
            _ => throw new PessimistException($"{joined.Whole.Source}: several inputs bring labels", $"choose one with --target: {DidYouMean.List(labels)}"),
        };
    }

    /// <summary><c>input/column</c>, a column that stands in one input only, or the name of an input of one column.</summary>
    static string Find(JoinedInputs joined, string name, string option)
    {
        string[] all = [.. joined.Whole.Columns.Select(c => c.Name)];
        if (all.Contains(name)) return name;
        string[] meant = [.. all.Where(c => string.Equals(c[(c.IndexOf('/', StringComparison.Ordinal) + 1)..], name, StringComparison.OrdinalIgnoreCase))];
        if (meant.Length == 0) meant = [.. all.Where(c => c.StartsWith($"{name}/", StringComparison.OrdinalIgnoreCase))];
        return meant switch
        {
            [var one] => one,
            [] => throw new PessimistException($"{option}: no input has a column '{name}'{DidYouMean.Suffix(name, all.Concat(all.Select(c => c[(c.IndexOf('/', StringComparison.Ordinal) + 1)..])))}", $"the columns are {DidYouMean.List(all)}"),
            _ => throw new PessimistException($"{option}: '{name}' may be {DidYouMean.List(meant)}", "write input/column"),
        };
    }
}
