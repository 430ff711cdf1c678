using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Replay;

/// <summary>One training step of a program as its moves, with the state that it began from: enough to take the same step again and again on
/// the same batch, with or without changes. Made on the program's own stack, and of no use once the program has gone on.</summary>
sealed class Recording : IDisposable
{
    public List<Move> Moves { get; } = [];

    /// <summary>Copies of what came from outside.</summary>
    public List<Tensor> Externals { get; } = [];

    /// <summary>Parameters and buffers, with their values before the step.</summary>
    public Dictionary<Tensor, Tensor> Before { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Names of parameters and buffers, as in <c>state_dict</c>; the second network's with <c>1/</c> before them.</summary>
    public Dictionary<Tensor, string> Names { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The outermost networks that ran.</summary>
    public List<Module> Networks { get; } = [];
    public List<Optimizer> Optimizers { get; } = [];

    /// <summary>Schedulers and the count they began from.</summary>
    public Dictionary<Scheduler, int> Schedulers { get; } = new(ReferenceEqualityComparer.Instance);
    public byte[] Random { get; set; } = [];

    /// <summary>What went into the first network.</summary>
    public Source? Input { get; set; }

    /// <summary>What came out of it.</summary>
    public Source? Output { get; set; }

    /// <summary>The data set that the first batch came from, and the batch's targets; null for batches made otherwise.</summary>
    public TensorDataset? Data { get; set; }
    public Tensor? Targets { get; set; }

    /// <summary>All examples, row by row, and their targets: of <see cref="Data"/>, or the tensors that a batch was cut out of. Null where they are not known.</summary>
    public (Tensor Inputs, Tensor Targets)? Rows { get; set; }

    /// <summary>The loader of the first batch; null for batches made otherwise.</summary>
    public Loader? Loader { get; set; }

    /// <summary>No operation that leads to a gradient reads the targets of the batch.</summary>
    public bool TargetsUnused { get; set; }

    /// <summary>Why the step cannot be taken again; null when it can.</summary>
    public string? Unfit { get; set; }

    public IEnumerable<OperatorMove> Operators => Moves.OfType<OperatorMove>();

    public IEnumerable<Tensor> Parameters => Before.Keys.Where(t => t.RequiresGrad);

    /// <summary>The operator that makes a tensor of the step; null for all others.</summary>
    public OperatorMove? MakerOf(Source? source) => source is Made made ? Operators.FirstOrDefault(m => m.Results.Contains(made.Id)) : null;

    /// <summary>Drops operators that neither lead to a gradient nor change anything in place: the next batch, metrics, messages.</summary>
    public void Prune()
    {
        var needed = new HashSet<int>();
        var kept = new List<Move>();
        foreach (var move in Enumerable.Reverse(Moves))
        {
            if (move is OperatorMove op && !op.Name.EndsWith('_') && !op.Results.Any(needed.Contains)) continue;
            kept.Add(move);
            IEnumerable<Source?> inputs = move switch
            {
                OperatorMove o => o.Tensors.Values.SelectMany(s => s),
                BackwardMove b => [b.Loss],
                GradMove g => [.. g.Outputs, .. g.Inputs],
                _ => [],
            };
            foreach (var input in inputs.OfType<Made>()) needed.Add(input.Id);
        }

        kept.Reverse();
        Moves.Clear();
        Moves.AddRange(kept);
    }

    /// <summary>Puts weights, optimizers and random numbers back to where the step began.</summary>
    public void Restore()
    {
        using var noGrad = Autograd.NoGrad();
        foreach (var (tensor, before) in Before)
        {
            tensor.CopyInPlace(before);
            if (tensor.RequiresGrad) tensor.Grad = null;
        }

        foreach (var (scheduler, count) in Schedulers) scheduler.StepCount = count;
        Rng.SetState(Random);
    }

    public void Dispose()
    {
        foreach (var tensor in Externals) tensor.Dispose();
        foreach (var tensor in Before.Values) tensor.Dispose();
    }
}
