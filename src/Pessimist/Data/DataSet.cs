namespace Pessimist.Data;

/// <summary>
/// Examples ready for a network: inputs as float32, row-major, and classes or values. A subset is a cheap view: an index into shared storage.
/// </summary>
public sealed class DataSet
{
    readonly Storage _store;
    readonly int[]? _index;
    float[]? _inputs;
    int[]? _classes;
    float[]? _values;

    DataSet(Storage store, int[]? index)
    {
        _store = store;
        _index = index;
        Count = index?.Length ?? store.Count;
    }

    public int Count { get; }

    /// <summary>The shape of one example: [features], [channels, height, width] or [steps, features].</summary>
    public IReadOnlyList<int> InputShape => _store.Shape;

    /// <summary>The number of floats in one example.</summary>
    public int InputLength => _store.Length;

    public TaskKind Task => _store.Task;

    /// <summary>True when the target is one of K classes (binary or multi-class).</summary>
    public bool IsClassification => Task is TaskKind.Binary or TaskKind.MultiClass;

    /// <summary>The classes, in the order of their ids; empty for regression and multi-label.</summary>
    public IReadOnlyList<string> ClassNames => _store.ClassNames;

    /// <summary>The names of the target columns: one, except for multi-label and several regression targets.</summary>
    public IReadOnlyList<string> TargetNames => _store.TargetNames;

    /// <summary>Outputs a network needs: K for classes, else the number of target columns.</summary>
    public int OutputWidth => IsClassification ? ClassNames.Count : TargetNames.Count;

    /// <summary>The inputs of an example that come from sources of their own, one after another, each flattened; empty where there is one source.</summary>
    public IReadOnlyList<InputPart> Parts => _store.Parts;

    /// <summary>Sequences of different lengths, filled in front: the last feature of a step is 1 where the step is there, and 0 where it is filling.</summary>
    public bool Padded => _store.Padded;

    /// <summary>The numbers of one example that are filling, in front; 0 where nothing is padded.</summary>
    public int Filling(int example) => Padded ? FillingOf(Input(example), InputShape[^1]) : 0;

    internal static int FillingOf(ReadOnlySpan<float> input, int width)
    {
        var start = 0;
        while (start < input.Length && input[start + width - 1] == 0) start += width;
        return start;
    }

    /// <summary>What each input means; one per input for tables, empty for arrays and images.</summary>
    public IReadOnlyList<Feature> Features => _store.Features;

    /// <summary>All inputs, Count x InputLength. A view gathers its rows on first use and keeps them; treat it as read-only.</summary>
    public float[] Inputs => _inputs ??= _index is null ? _store.Inputs : GatherInputs();

    /// <summary>One class id in 0..K-1 per example; empty for regression and multi-label.</summary>
    public int[] Classes => _classes ??= Gather(_store.Classes);

    /// <summary>Count x TargetNames.Count numbers (0/1 for multi-label); empty for classes.</summary>
    public float[] Values => _values ??= GatherValues();

    /// <summary>The group of each example, as small integers, when a group column was given, else null.</summary>
    public int[]? Groups => _store.Groups is { } groups ? Gather(groups) : null;

    /// <summary>The time of each example (any unit, only the order counts), when a time column was given, else null.</summary>
    public double[]? Times => _store.Times is { } times ? Gather(times) : null;

    /// <summary>One example's inputs, without copying.</summary>
    public ReadOnlySpan<float> Input(int example) => _store.Inputs.AsSpan(checked(Position(example) * InputLength), InputLength);

    /// <summary>An example's name for people, the same in every subset: "row 17" or a picture's path.</summary>
    public string Id(int example) => _store.Source?.Id(Row(example)) ?? $"row {Row(example) + 1}";

    /// <summary>Where an example came from.</summary>
    public RowPlace Place(int example) => _store.Source?.Place(Row(example)) ?? new RowPlace("", Row(example) + 1);

    /// <summary>The example's row in the data read, from 0: equal in two subsets exactly when it is the same example.</summary>
    public int Row(int example) => _store.Rows.Length == 0 ? Position(example) : _store.Rows[Position(example)];

    int Position(int example) => _index is null ? example : _index[example];

    /// <summary>A view of some examples, by their index in this set; repeated rows are allowed.</summary>
    public DataSet Subset(ReadOnlySpan<int> rows)
    {
        var index = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) index[i] = Position(rows[i]);
        return new DataSet(_store, index);
    }

    /// <summary>
    /// A stratified sample of <paramref name="count"/> examples, or this set when it is not larger. Nested: for one seed a smaller
    /// sample lies inside every larger one.
    /// </summary>
    public DataSet Take(int count, int seed) =>
        count >= Count ? this : Subset(Splitter.NestedOrder(IsClassification ? Classes : null, Count, seed).AsSpan(0, count));

    /// <summary>The same examples under other inputs (Count x the product of the shape), for instance normalised ones.</summary>
    public DataSet WithInputs(float[] inputs, IReadOnlyList<int>? shape = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return new DataSet(Compact() with { Inputs = inputs, Shape = shape ?? _store.Shape }, null).Checked();
    }

    /// <summary>The same examples with one of their several inputs alone.</summary>
    internal DataSet Part(InputPart part, int offset)
    {
        var inputs = new float[checked(Count * part.Length)];
        for (var i = 0; i < Count; i++) Input(i).Slice(offset, part.Length).CopyTo(inputs.AsSpan(i * part.Length));
        return new DataSet(Compact() with
        {
            Inputs = inputs,
            Shape = part.Shape,
            Parts = [],
            Features = part.Shape.Count == 1 && Features.Count > 0 ? [.. Features.Skip(offset).Take(part.Length)] : [],
        }, null).Checked();
    }

    /// <summary>The same inputs seen as another shape with as many elements, as [1, 8, 8] for 64 pixels.</summary>
    public DataSet WithShape(IReadOnlyList<int> shape) => new DataSet(_store with { Shape = shape, Padded = Padded && shape.SequenceEqual(InputShape) }, _index).Checked();

    /// <summary>The same examples under other target values (Count x TargetNames.Count).</summary>
    public DataSet WithValues(float[] values) => new DataSet(Compact() with { Inputs = Inputs, Values = values }, null).Checked();

    /// <summary>The same examples under other classes.</summary>
    public DataSet WithClasses(int[] classes) => new DataSet(Compact() with { Inputs = Inputs, Classes = classes }, null).Checked();

    /// <summary>A classification set from plain arrays: inputs Count x product of shape, class ids in 0..K-1.</summary>
    public static DataSet OfClasses(float[] inputs, IReadOnlyList<int> shape, int[] classes, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(classNames);
        return Create(new Storage
        {
            Inputs = inputs,
            Shape = shape,
            Count = classes.Length,
            Task = classNames.Count > 2 ? TaskKind.MultiClass : TaskKind.Binary,
            Classes = classes,
            ClassNames = classNames,
            TargetNames = ["label"],
        });
    }

    /// <summary>A regression (or multi-label) set from plain arrays: values Count x number of targets.</summary>
    public static DataSet OfValues(float[] inputs, IReadOnlyList<int> shape, float[] values, IReadOnlyList<string> targetNames,
        TaskKind task = TaskKind.Regression)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(targetNames);
        return Create(new Storage
        {
            Inputs = inputs,
            Shape = shape,
            Count = values.Length / targetNames.Count,
            Task = task,
            Values = values,
            TargetNames = targetNames,
        });
    }

    internal static DataSet Create(Storage store) => new DataSet(store, null).Checked();

    DataSet Checked()
    {
        var wanted = (long)_store.Count * _store.Length;
        if (_store.Inputs.LongLength != wanted)
            throw new ArgumentException($"inputs hold {_store.Inputs.LongLength} numbers, {_store.Count} examples of shape [{string.Join(", ", _store.Shape)}] need {wanted}");
        if (IsClassification ? _store.Classes.Length != _store.Count : _store.Values.Length != _store.Count * _store.TargetNames.Count)
            throw new ArgumentException($"there are {_store.Count} examples, and targets for {(IsClassification ? _store.Classes.Length : _store.Values.Length)}");
        return this;
    }

    Storage Compact() => _index is null ? _store : _store with
    {
        Count = Count,
        Inputs = [],
        Classes = Classes,
        Values = Values,
        Rows = _store.Rows.Length == 0 ? [.. _index] : Gather(_store.Rows),
        Groups = Groups,
        Times = Times,
    };

    float[] GatherInputs()
    {
        var gathered = new float[checked(Count * InputLength)];
        for (var i = 0; i < Count; i++) Input(i).CopyTo(gathered.AsSpan(i * InputLength));
        return gathered;
    }

    float[] GatherValues()
    {
        if (_index is null || _store.Values.Length == 0) return _store.Values;
        var width = TargetNames.Count;
        var gathered = new float[Count * width];
        for (var i = 0; i < Count; i++) _store.Values.AsSpan(_index[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        return gathered;
    }

    T[] Gather<T>(T[] all)
    {
        if (_index is null || all.Length == 0) return all;
        var gathered = new T[Count];
        for (var i = 0; i < Count; i++) gathered[i] = all[_index[i]];
        return gathered;
    }

    /// <summary>What all views of one set share.</summary>
    internal sealed record Storage
    {
        public required float[] Inputs { get; init; }

        public required IReadOnlyList<int> Shape { get; init; }

        public required int Count { get; init; }

        public required TaskKind Task { get; init; }

        public int[] Classes { get; init; } = [];

        public float[] Values { get; init; } = [];

        public IReadOnlyList<string> ClassNames { get; init; } = [];

        public required IReadOnlyList<string> TargetNames { get; init; }

        public IReadOnlyList<Feature> Features { get; init; } = [];

        public IReadOnlyList<InputPart> Parts { get; init; } = [];

        public bool Padded { get; init; }

        public RawData? Source { get; init; }

        /// <summary>The row of each example in <see cref="Source"/>.</summary>
        public int[] Rows { get; init; } = [];

        public int[]? Groups { get; init; }

        public double[]? Times { get; init; }

        public int Length => Shape.Aggregate(1, (a, b) => checked(a * b));
    }
}
