namespace Pessimist.Torch.Nn;

public abstract partial class Module
{
    /// <summary>Parameters and buffers by PyTorch's names, in PyTorch's order: the tensors themselves, not copies.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>();
        Collect("", state);
        return state;
    }

    void Collect(string prefix, OrderedDictionary<string, Tensor> state)
    {
        foreach (var (name, tensor) in OwnParameters().Concat(OwnBuffers()))
            state[Join(prefix, name)] = tensor;
        foreach (var (name, child) in NamedChildren())
            child.Collect(Join(prefix, name), state);
    }

    /// <summary>Copies <paramref name="state"/> into this module's parameters and buffers, converting types; nothing is changed when it does not fit.</summary>
    /// <param name="strict">Whether missing and unexpected names are errors too. Different shapes always are.</param>
    /// <exception cref="TorchException">Names every entry that is missing, unexpected or of another shape.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        var own = StateDict();
        List<string> problems = [];
        foreach (var (name, tensor) in own)
            if (!state.TryGetValue(name, out var given))
            {
                if (strict)
                    problems.Add($"missing: {name} {tensor.Describe()}");
            }
            else if (!given.Shape.AsSpan().SequenceEqual(tensor.Shape))
                problems.Add($"another shape: {name} is {given.Describe()} in the file and {tensor.Describe()} in the network");
        if (strict)
            problems.AddRange(state.Where(s => !own.ContainsKey(s.Key)).Select(s => $"unexpected: {s.Key} {s.Value.Describe()}"));
        if (problems.Count > 0)
            throw new TorchException($"the state does not fit {TypeName}:\n  {string.Join("\n  ", problems)}");
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        foreach (var (name, tensor) in own)
            if (state.TryGetValue(name, out var given))
                tensor.CopyInPlace(given);
    }
}
