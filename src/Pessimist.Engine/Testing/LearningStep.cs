using Pessimist.Engine.Replay;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Testing;

/// <summary>How a network under test is trained: its batch, its loss and its optimizer.</summary>
/// <param name="Inputs">[N, *].</param>
/// <param name="Targets">Class ids, int64 [N], or numbers of the shape of the output.</param>
public sealed record LearningStep(Tensor Inputs, Tensor Targets)
{
    /// <summary>From output and targets to one number. Cross-entropy of class ids and mean squared error of numbers, where none is given.</summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; init; }

    /// <summary>From the parameters that ask for a gradient. Adam with a learning rate of 0.001, where none is given.</summary>
    public Func<IReadOnlyList<Tensor>, Optimizer>? Optimizer { get; init; }

    /// <summary>Of dropout, and of the experiments that look for a cause.</summary>
    public int Seed { get; init; }

    /// <summary>The lowest loss that can be reached, for losses whose height is not known (hand-written ones).</summary>
    public double? LowestLoss { get; init; }

    internal Tensor LossOf(Tensor output) => Loss is { } own ? own(output, Targets)
        : Targets.DType == DType.Int64 ? Torch.Nn.Loss.CrossEntropy(output, Targets) : Torch.Nn.Loss.Mse(output, Targets);

    /// <summary>A program that trains the network for two steps, from the state given: all that a replay needs.</summary>
    internal Action Of(Module network, NetworkState state) => () =>
    {
        state.Restore();
        if (!network.Training) network.Train();
        Rng.Seed(Seed);
        using var outer = Scope.New();
        Tensor[] learning = [.. network.Parameters().Where(p => p.RequiresGrad)];
        using var optimizer = Optimizer?.Invoke(learning) ?? new Adam(learning, lr: 1e-3);
        for (var i = 0; i < 2; i++)
        {
            using var scope = Scope.New();
            optimizer.ZeroGrad();
            LossOf(network.Forward(Inputs)).Backward();
            optimizer.Step();
        }
    };

    /// <exception cref="NetworkAssertionException">The step fails, or cannot be taken again.</exception>
    internal static ReplaySubject Subject(Action program) => ReplaySubject.Of(program, out var why)
        ?? throw NetworkAssertionException.Of("the training step cannot be looked at", why, "one optimizer and one backward pass from the weights to a loss, at every step",
            "mend the step; state that is carried from step to step must be detached");
}
