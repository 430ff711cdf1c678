using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Optim;

/// <summary>Moves parameters along their gradients. Works on whole lists of tensors at once (libtorch's <c>_foreach</c> operators):
/// a step crosses into libtorch a handful of times, however many parameters there are.</summary>
/// <remarks>Its state belongs to it, not to a <see cref="Scope"/>; dispose it with the network.</remarks>
public abstract partial class Optimizer : IDisposable
{
    static readonly Operator _neg = new("aten::_foreach_neg");

    readonly Tensor[][] _parameters;
    readonly State[][] _states;
    readonly string[] _slots;

    /// <param name="slots">The names of the tensors kept per parameter, as PyTorch calls them.</param>
    protected Optimizer(IEnumerable<ParameterGroup> groups, double lr, double weightDecay, bool maximize, params string[] slots)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        Maximize = maximize;
        _slots = slots;
        _parameters = [.. Groups.Select(g => g.Parameters.ToArray())];
        _states = [.. _parameters.Select(ps => ps.Select(_ => new State { Slots = new Tensor?[slots.Length] }).ToArray())];
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
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        for (var g = 0; g < _parameters.Length; g++)
            foreach (var batch in Batches(_parameters[g], _states[g]))
                Update(Groups[g], batch);
    }

    // Parameters that missed gradients are behind in their step count, and so in their bias correction: they form a batch of their own.
    IEnumerable<Batch> Batches(Tensor[] parameters, State[] states)
    {
        var gradients = new Tensor?[parameters.Length];
        var (present, alike) = (0, true);
        State? first = null;
        for (var i = 0; i < parameters.Length; i++)
        {
            if ((gradients[i] = parameters[i].Grad) is null)
                continue;
            present++;
            first ??= states[i];
            alike &= first.Steps == states[i].Steps;
        }
        if (present == parameters.Length && alike)
            return [Make(parameters, gradients!, states)];
        return Enumerable.Range(0, parameters.Length).Where(i => gradients[i] is not null).GroupBy(i => states[i].Steps).ToArray()
            .Select(b => Make([.. b.Select(i => parameters[i])], [.. b.Select(i => gradients[i]!)], [.. b.Select(i => states[i])]));
    }

    Batch Make(Tensor[] parameters, Tensor[] gradients, State[] states)
    {
        foreach (var state in states)
            state.Steps++;
        return new(parameters, Maximize ? _neg.CallList((Value)gradients) : gradients, states);
    }

    /// <summary>The formula, for parameters that have made equally many steps.</summary>
    protected abstract void Update(ParameterGroup group, Batch batch);

    /// <summary>Forgets the gradients, or fills them with zeros.</summary>
    public void ZeroGrad(bool setToNone = true)
    {
        foreach (var group in _parameters)
            foreach (var parameter in group)
                Gradient.Clear(parameter, setToNone);
    }

    /// <summary>Frees the state; the parameters stay.</summary>
    public void Dispose()
    {
        foreach (var tensor in _states.SelectMany(s => s).SelectMany(s => s.Slots.Append(s.NoElements)))
            tensor?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What an optimizer remembers of one parameter.</summary>
    protected sealed class State
    {
        public long Steps { get; set; }

        public required Tensor?[] Slots { get; init; }

        /// <summary>A view of none of the parameter's elements, which shares its version.</summary>
        public Tensor? NoElements { get; set; }
    }

    /// <summary>Parameters with gradients, and what is remembered of them, as lists for <see cref="Foreach"/>.</summary>
    protected sealed class Batch(Tensor[] parameters, Tensor[] gradients, State[] states)
    {
        public Tensor[] Parameters { get; } = parameters;

        /// <summary>Of the loss, or of its negative when maximizing. Not to be changed in place.</summary>
        public Tensor[] Gradients { get; set; } = gradients;

        /// <summary>The number of this step, from 1.</summary>
        public long Step { get; } = states[0].Steps;

        /// <summary>Tensors kept from step to step, zeros at first.</summary>
        public Tensor[] Slot(int slot)
        {
            var held = new Tensor[states.Length];
            for (var i = 0; i < held.Length; i++)
                held[i] = states[i].Slots[slot] ??= Parameters[i].ZerosLike().Keep();
            return held;
        }

        /// <summary>Whether <see cref="Slot"/> is there already.</summary>
        public bool Has(int slot) => states[0].Slots[slot] is not null;

        /// <summary>The dtype, where all tensors are of it and lie in plain CPU memory, not more than <paramref name="limit"/> elements; else null.</summary>
        public DType? PlainType(long limit)
        {
            DType? type = null;
            foreach (var list in (ReadOnlySpan<Tensor[]>)[Parameters, Gradients])
                foreach (var tensor in list)
                {
                    type ??= tensor.DType;
                    limit -= tensor.Numel;
                    if (limit < 0 || tensor.DType != type || tensor.Device.Type != DeviceType.Cpu || !tensor.IsContiguous)
                        return null;
                }
            return type is DType.Float32 or DType.Float64 ? type : null;
        }

        /// <summary>After writing to the parameters' memory: raises their versions, so that a backward through older values is refused.</summary>
        public void MarkChanged()
        {
            for (var i = 0; i < states.Length; i++)
                states[i].NoElements ??= Parameters[i].View(-1).Narrow(0, 0, 0).Keep();
            Foreach.ZeroInPlace(Array.ConvertAll(states, s => s.NoElements!));
        }

        /// <summary>L2 regularization: the gradient plus decay times the parameter.</summary>
        public void AddDecay(double decay)
        {
            if (decay != 0)
                Gradients = Foreach.Add(Gradients, Parameters, decay);
        }
    }
}
