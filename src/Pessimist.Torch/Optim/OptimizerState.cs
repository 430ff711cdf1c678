namespace Pessimist.Torch.Optim;

public abstract partial class Optimizer
{
    /// <summary>Everything needed to continue, as tensors, for the same files as a network's weights: <c>state.3.exp_avg</c> and
    /// <c>state.3.step</c> per parameter (counted over all groups), <c>group.0.lr</c>, <c>group.0.weight_decay</c> and <c>momentum</c>.
    /// The tensors of the state are the optimizer's own; the scalars are new, in the scope at hand.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var dict = new OrderedDictionary<string, Tensor>();
        foreach (var (index, memory, i) in Positions())
        {
            var steps = memory.Steps.AsSpan<long>()[i];
            if (steps == 0)
                continue;
            dict[$"state.{index}.step"] = Tensor.From([steps], 1);
            foreach (var slot in _slots.Where(memory.Has))
                dict[$"state.{index}.{slot}"] = memory[slot][i];
        }
        foreach (var (i, group) in Groups.Index())
        {
            dict[$"group.{i}.lr"] = Tensor.From([group.LearningRate], 1);
            dict[$"group.{i}.weight_decay"] = Tensor.From([group.WeightDecay], 1);
        }
        dict["momentum"] = Tensor.From([Momentum], 1);
        return dict;
    }

    /// <summary>Continues from what <see cref="StateDict"/> gave; copies the tensors.</summary>
    /// <exception cref="TorchException">The state is of other parameters or another kind of optimizer; nothing is changed then.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> dict)
    {
        ArgumentNullException.ThrowIfNull(dict);
        CheckNames(dict);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        foreach (var (index, memory, i) in Positions())
        {
            memory.Steps.AsSpan<long>()[i] = dict.TryGetValue($"state.{index}.step", out var steps) ? steps.Item<long>() : 0;
            foreach (var slot in _slots)
                if (dict.TryGetValue($"state.{index}.{slot}", out var given))
                    memory[slot][i].CopyInPlace(given);
                else if (memory.Has(slot))
                    memory[slot][i].ZeroInPlace();
        }
        foreach (var (i, group) in Groups.Index())
        {
            group.LearningRate = dict[$"group.{i}.lr"].Item<double>();
            group.WeightDecay = dict[$"group.{i}.weight_decay"].Item<double>();
        }
        Momentum = dict["momentum"].Item<double>();
    }

    IEnumerable<(int Index, Memory Memory, int Position)> Positions() =>
        _memories.SelectMany(m => Enumerable.Range(0, m.Parameters.Length).Select(i => (m, i))).Select((p, index) => (index, p.m, p.i));

    void CheckNames(IReadOnlyDictionary<string, Tensor> dict)
    {
        var shapes = new Dictionary<string, long[]> { ["momentum"] = [1] };
        for (var i = 0; i < Groups.Count; i++)
            shapes[$"group.{i}.lr"] = shapes[$"group.{i}.weight_decay"] = [1];
        List<string> problems = [.. shapes.Keys.Where(k => !dict.ContainsKey(k)).Select(k => $"missing: {k}")];
        foreach (var (index, memory, i) in Positions())
        {
            shapes[$"state.{index}.step"] = [1];
            foreach (var slot in _slots)
                shapes[$"state.{index}.{slot}"] = memory.Parameters[i].Shape;
        }
        foreach (var (name, tensor) in dict)
            if (!shapes.TryGetValue(name, out var shape))
                problems.Add($"unexpected: {name} {tensor.Describe()}");
            else if (!tensor.Shape.AsSpan().SequenceEqual(shape))
                problems.Add($"another shape: {name} is {tensor.Describe()} and should be [{string.Join(", ", shape)}]");
        if (problems.Count > 0)
            throw new TorchException($"the state does not fit this {GetType().Name}:\n  {string.Join("\n  ", problems)}");
    }
}
