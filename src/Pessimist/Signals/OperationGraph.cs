using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>The graphs of the traced steps of a watched program: the first few, each of bounded size.</summary>
public sealed class OperationGraph
{
    /// <summary>Traced steps that are kept; later ones are ignored.</summary>
    public const int MostTraces = 4;

    readonly List<OperationTrace> _traces = [];
    bool _ignoring;

    public IReadOnlyList<OperationTrace> Traces => _traces;

    public void Read(OperationSeen operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (_traces.Count == 0 || Starts(operation))
        {
            _ignoring = _traces.Count == MostTraces;
            if (!_ignoring) _traces.Add(new OperationTrace(operation.Step));
            _last = (operation.Step, -1);
        }

        _last = (operation.Step, operation.Index);
        if (!_ignoring) _traces[^1].Add(operation);
    }

    (long Step, int Index) _last;

    bool Starts(OperationSeen operation) => operation.Step != _last.Step || operation.Index <= _last.Index;
}

/// <summary>One traced step: operations joined by the numbers of their tensors.</summary>
public sealed class OperationTrace(long step)
{
    /// <summary>Operations that are kept; a longer step is cut off, and <see cref="IsTruncated"/>.</summary>
    public const int MostOperations = 20_000;

    readonly List<OperationSeen> _operations = [];
    readonly List<string> _names = [];
    readonly Dictionary<long, string> _roles = [];
    readonly Dictionary<long, List<int>> _makers = [];
    readonly Dictionary<long, List<int>> _consumers = [];

    public long Step => step;
    public bool IsTruncated { get; set; }
    public IReadOnlyList<OperationSeen> Operations => _operations;

    internal void Add(OperationSeen operation)
    {
        if (_operations.Count == MostOperations)
        {
            IsTruncated = true;
            return;
        }

        var position = _operations.Count;
        _operations.Add(operation);
        _names.Add(OperationNames.Canonical(operation.Operation));
        foreach (var input in operation.Inputs)
        {
            Note(_consumers, input.Id, position);
            Learn(input);
        }

        foreach (var output in operation.Outputs)
        {
            Note(_makers, output.Id, position);
            Learn(output);
        }
    }

    void Learn(TensorFacts tensor)
    {
        if (tensor is { Id: { } id, Role: { } role }) _roles[id] = role;
    }

    static void Note(Dictionary<long, List<int>> places, long? id, int position)
    {
        if (id is not { } known) return;
        if (!places.TryGetValue(known, out var list)) places[known] = list = [];
        if (list is not [.., var last] || last != position) list.Add(position);
    }

    /// <summary>Canonical name of the operation at a position of <see cref="Operations"/>.</summary>
    public string NameAt(int position) => _names[position];

    /// <summary>Position of the operation that made a tensor, or changed it last, before <paramref name="before"/>; null when none of this step did.</summary>
    public int? MakerOf(TensorFacts tensor, int before)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Id is not { } id || !_makers.TryGetValue(id, out var makers)) return null;
        var found = makers.BinarySearch(before);
        var index = (found >= 0 ? found : ~found) - 1;
        return index < 0 ? null : makers[index];
    }

    /// <summary>What a tensor is, wherever in the step the probe came to know it: a target may be known as one only when the loss is called.</summary>
    public string? RoleOf(TensorFacts tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Role ?? (tensor.Id is { } id ? _roles.GetValueOrDefault(id) : null);
    }

    /// <summary>The tensor behind views and casts, and the position of what made it; a null position for one that came into the step from outside.</summary>
    public (TensorFacts Tensor, int? Maker) SourceOf(TensorFacts tensor, int before)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var at = before;
        while (true)
        {
            if (IsParameter(tensor) || MakerOf(tensor, at) is not { } maker) return (tensor, null);
            if (!OperationNames.IsTransparent(_operations[maker]) || _operations[maker].Inputs.Count == 0) return (tensor, maker);
            (tensor, at) = (_operations[maker].Inputs[0], maker);
        }
    }

    /// <summary>Positions of the operations that take what the one at <paramref name="position"/> made, before anything changes it in place.</summary>
    public IEnumerable<int> ConsumersOf(int position)
    {
        foreach (var output in _operations[position].Outputs)
        {
            if (output.Id is not { } id || !_consumers.TryGetValue(id, out var consumers)) continue;
            foreach (var consumer in consumers)
                if (consumer > position && MakerOf(output, consumer) == position) yield return consumer;
        }
    }

    /// <summary>As <see cref="ConsumersOf"/>, looking through views and casts.</summary>
    public IReadOnlyList<int> UsesOf(int position)
    {
        List<int> uses = [];
        HashSet<int> seen = [position];
        Queue<int> queue = new([position]);
        while (queue.TryDequeue(out var next))
            foreach (var consumer in ConsumersOf(next))
            {
                if (!seen.Add(consumer)) continue;
                if (OperationNames.IsTransparent(_operations[consumer])) queue.Enqueue(consumer);
                else uses.Add(consumer);
            }

        return uses;
    }

    /// <summary>The parameter that a tensor is, or is a view of; null for all else.</summary>
    public string? ParameterOf(TensorFacts tensor, int before) =>
        SourceOf(tensor, before).Tensor.Role is { } role && role.StartsWith("parameter ", StringComparison.Ordinal) ? role["parameter ".Length..] : null;

    /// <summary>The first of everything that a tensor was computed from, nearest first, that satisfies a condition; null when nothing does.</summary>
    /// <param name="stop">Operations that are not looked behind.</param>
    public TensorFacts? Ancestor(TensorFacts tensor, int before, Func<TensorFacts, bool> wanted, Func<OperationSeen, bool>? stop = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        HashSet<int> seen = [];
        Queue<(TensorFacts Tensor, int Before)> queue = new([(tensor, before)]);
        while (queue.TryDequeue(out var next))
        {
            if (wanted(next.Tensor)) return next.Tensor;
            if (IsParameter(next.Tensor) || MakerOf(next.Tensor, next.Before) is not { } maker || !seen.Add(maker) || stop?.Invoke(_operations[maker]) == true) continue;
            foreach (var input in _operations[maker].Inputs) queue.Enqueue((input, maker));
        }

        return null;
    }

    /// <summary>The axis of a softmax that is written out, exponentials over their sum, where the one at <paramref name="position"/> is its division; null for all else.</summary>
    public int? SoftmaxByHand(int position)
    {
        if (_names[position] != "div" || _operations[position].Inputs is not [{ } above, { } below]) return null;
        if (SourceOf(below, position).Maker is not { } sum || _names[sum] != "sum" || _operations[sum] is not { Dimension: { } axis, Inputs: [{ } summed, ..] }) return null;
        if (SourceOf(above, position).Maker is not { } top || _names[top] != "exp" || SourceOf(summed, sum).Maker is not { } exponential || _names[exponential] != "exp") return null;
        // Written twice, the exponentials are two operations of one input.
        return top == exponential || SourceOf(_operations[top].Inputs[0], top).Tensor.Id == SourceOf(_operations[exponential].Inputs[0], exponential).Tensor.Id ? axis : null;
    }

    public bool DependsOnParameter(TensorFacts tensor, int before) => Ancestor(tensor, before, IsParameter) is not null;

    public static bool IsParameter(TensorFacts tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Role?.StartsWith("parameter ", StringComparison.Ordinal) == true;
    }

    /// <summary>The operation is a call of one of the framework's own losses.</summary>
    public bool IsLoss(int position) => _names[position].EndsWith("_loss", StringComparison.Ordinal) || _names[position] is "binary_cross_entropy" or "binary_cross_entropy_with_logits" or "kl_div";

    /// <summary>The weight (a parameter of two axes or more) and the data of an operation that is a linear map of its data; null for all else.</summary>
    public LinearMap? LinearMapAt(int position)
    {
        if (_names[position] is not ("linear" or "matmul" or "conv" or "conv_transpose")) return null;
        string? weight = null;
        TensorFacts? kernel = null, data = null;
        foreach (var input in _operations[position].Inputs)
        {
            if (ParameterOf(input, position) is not { } name) data ??= input;
            else if (input.Shape.Count >= 2 && weight is null) (weight, kernel) = (name, SourceOf(input, position).Tensor);
        }

        return weight is null || data is null || _operations[position].Outputs is not [{ } output, ..] ? null : new LinearMap(position, weight, kernel!, data, output);
    }
}

/// <param name="Position">In <see cref="OperationTrace.Operations"/>.</param>
/// <param name="Name">Of the weight, e.g. <c>fc1.weight</c>.</param>
/// <param name="Weight">[out, in] or [out, in / groups, kernel …].</param>
public sealed record LinearMap(int Position, string Name, TensorFacts Weight, TensorFacts Data, TensorFacts Output)
{
    /// <summary>Path of its module.</summary>
    public string Module => Name.LastIndexOf('.') is > 0 and var dot ? Name[..dot] : Name;
}
