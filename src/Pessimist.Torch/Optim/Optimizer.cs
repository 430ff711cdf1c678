using Pessimist.Torch.Nn;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Optim;

/// <summary>Moves parameters along their gradients; those without a gradient stay. A step is one call into libtorch per parameter group,
/// however many parameters there are (<see cref="Fused"/>).</summary>
/// <remarks>Its state belongs to it, not to a <see cref="Scope"/>; dispose it with the network.</remarks>
public abstract partial class Optimizer : IDisposable
{
    readonly Memory[] _memories;
    readonly string[] _slots;

    /// <param name="slots">The names of the tensors that may be kept per parameter, as PyTorch calls them.</param>
    protected Optimizer(IEnumerable<ParameterGroup> groups, double lr, double weightDecay, bool maximize, params string[] slots)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        Maximize = maximize;
        _slots = slots;
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var group in Groups)
        {
            group.Resolve(lr, weightDecay);
            foreach (var parameter in group.Parameters)
                if (!seen.Add(parameter))
                    throw new TorchException($"the parameter {parameter.Describe()} was given to the optimizer twice");
        }
        if (seen.Count == 0)
            throw new TorchException("the optimizer was given no parameters");
        _memories = [.. Groups.Select(g => new Memory([.. g.Parameters]))];
        Watcher.Current?.Optimizer(this);
    }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Whether to go up the gradient.</summary>
    public bool Maximize { get; }

    /// <summary>The learning rate of the first group; setting it sets all groups.</summary>
    public double LearningRate
    {
        get => Groups[0].LearningRate;
        set
        {
            foreach (var group in Groups)
                group.LearningRate = value;
        }
    }

    /// <summary>Momentum (SGD, RMSprop) or the first beta (Adam, AdamW): what <see cref="OneCycleLR"/> moves.</summary>
    public abstract double Momentum { get; set; }

    /// <summary>How many tensors of a parameter's size the options at hand keep.</summary>
    public abstract int StatePerParameter { get; }

    /// <summary>One update of every parameter that has a gradient.</summary>
    public void Step()
    {
        var watcher = Watcher.Current;
        if (watcher?.Step(this) == false)
            return;
        // Going up is going down with both signs changed: -g + decay p = -(g - decay p). First moments are kept negated.
        var sign = Maximize ? -1 : 1;
        foreach (var (group, memory) in Groups.Zip(_memories))
            if (memory.Parameters.Length > 0)
                Update(memory, sign * group.LearningRate, sign * group.WeightDecay);
        watcher?.Stepped(this);
    }

    /// <summary>The formula, for the parameters of one group.</summary>
    protected abstract void Update(Memory memory, double lr, double weightDecay);

    /// <summary>Forgets the gradients, or fills them with zeros.</summary>
    public void ZeroGrad(bool setToNone = true)
    {
        Watcher.Current?.ZeroGrad(this);
        foreach (var memory in _memories)
            if (setToNone)
                Fused.ZeroGrad(memory.Parameters);
            else
                foreach (var parameter in memory.Parameters)
                    Gradient.Clear(parameter, setToNone);
    }

    /// <summary>Frees the state; the parameters stay.</summary>
    public void Dispose()
    {
        foreach (var memory in _memories)
            memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What an optimizer remembers of the parameters of a group.</summary>
    protected sealed class Memory(Tensor[] parameters) : IDisposable
    {
        readonly Dictionary<string, Tensor[]> _slots = [];

        public Tensor[] Parameters { get; } = parameters;

        /// <summary>How many steps each parameter has made: int64, counted by <see cref="Fused"/>.</summary>
        public Tensor Steps { get; } = Tensor.Zeros([parameters.Length], DType.Int64).Keep();

        /// <summary>Tensors like the parameters, kept from step to step, zeros at first.</summary>
        public Tensor[] this[string slot]
        {
            get
            {
                if (!_slots.TryGetValue(slot, out var held))
                    _slots[slot] = held = Array.ConvertAll(Parameters, p => p.ZerosLike().Keep());
                return held;
            }
        }

        public bool Has(string slot) => _slots.ContainsKey(slot);

        public void Dispose()
        {
            Steps.Dispose();
            foreach (var tensor in _slots.Values.SelectMany(s => s))
                tensor.Dispose();
        }
    }
}
