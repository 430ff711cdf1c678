using Pessimist.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine;

public enum OptimizerKind { Adam, AdamW, Sgd }

/// <summary>Everything that decides how a network is trained, as data: experiments change one field and keep the rest.</summary>
public sealed record TrainingSetup
{
    /// <summary>As in <see cref="Torch.Models.ModelCatalog"/>: <c>mlp</c>, <c>lenet</c>, <c>lstm</c>.</summary>
    public required string ModelName { get; init; }

    /// <summary>Builds the network with the initialization given; called under the seed.</summary>
    public required Func<InitScheme, Module> Create { get; init; }

    /// <summary>Builds the network with another number of hidden units; null when it has no width of its own.</summary>
    public Func<int, InitScheme, Module>? CreateWidth { get; init; }

    /// <summary>Hidden units; null for the architecture's own.</summary>
    public int? Width { get; init; }

    public InitScheme Init { get; init; } = InitScheme.He;
    public required TaskKind Task { get; init; }

    /// <summary>Width of the output layer.</summary>
    public required int Outputs { get; init; }

    /// <summary>Shape of one example.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The playbook's default (P1.3).</summary>
    public double LearningRate { get; init; } = 3e-4;
    public double WeightDecay { get; init; }
    public int BatchSize { get; init; } = 32;

    /// <summary>Factor on the loss before the backward pass; 1 descends.</summary>
    public double LossSign { get; init; } = 1;
    public Device Device { get; init; } = Device.Cpu;
    public DType DType { get; init; } = DType.Float32;
    public int Seed { get; init; }

    /// <summary>A fresh network on the device, drawn from the seed.</summary>
    public Module Build()
    {
        Rng.Seed(Seed);
        var network = Width is { } width && CreateWidth is not null ? CreateWidth(width, Init) : Create(Init);
        network.To(DType, Device);
        return network;
    }

    public Optimizer CreateOptimizer(IReadOnlyList<Tensor> parameters) => Optimizer switch
    {
        OptimizerKind.AdamW => new AdamW(parameters, lr: LearningRate, weightDecay: WeightDecay),
        OptimizerKind.Sgd => new SGD(parameters, lr: LearningRate, weightDecay: WeightDecay),
        _ => new Adam(parameters, lr: LearningRate, weightDecay: WeightDecay),
    };

    /// <summary>The task's loss: cross-entropy, binary cross-entropy of logits per label, or mean squared error.</summary>
    public Tensor Loss(Tensor output, Tensor target) => Task switch
    {
        TaskKind.Regression => Torch.Nn.Loss.Mse(output, target),
        TaskKind.MultiLabel => Torch.Nn.Loss.BceWithLogits(output, target),
        _ => Torch.Nn.Loss.CrossEntropy(output, target),
    };
}
