using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>What the examples of a data set are.</summary>
public enum InputKind
{
    /// <summary>[features].</summary>
    Table,

    /// <summary>[channels, height, width].</summary>
    Picture,

    /// <summary>[steps, features].</summary>
    Sequence,
}

/// <summary>A ready-made network.</summary>
/// <param name="Name">As it is written on a command line.</param>
/// <param name="Summary">What it is, one line.</param>
/// <param name="When">When to use it, one line.</param>
/// <param name="Typical">Shape of an example it is usually seen with.</param>
/// <param name="Create">From the shape of an example, the number of outputs and the initialization (null for the model's own).</param>
public sealed record ModelInfo(
    string Name, string Summary, string When, InputKind Input, IReadOnlyList<int> Typical, Func<IReadOnlyList<int>, int, InitScheme?, Module> Create)
{
    /// <summary>Smallest height and width, or steps.</summary>
    public int Smallest { get; init; } = 1;

    /// <summary>Whether examples of this shape can be given to it. Networks for tables take any, flattened.</summary>
    public bool Takes(IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return Input switch
        {
            InputKind.Picture => shape.Count == 3 && Math.Min(shape[1], shape[2]) >= Smallest,
            InputKind.Sequence => shape.Count == 2 && shape[0] >= Smallest,
            _ => shape.Count is >= 1 and <= 3,
        };
    }
}

/// <summary>All ready-made networks of one input, from the simplest start on.</summary>
public static class ModelCatalog
{
    const int HiddenUnits = 128;

    public static IReadOnlyList<ModelInfo> All { get; } =
    [
        new("linear", "logistic or linear regression: one layer", "always, as the baseline that a network must beat", InputKind.Table, [20],
            (shape, outputs, init) => new LinearModel(Length(shape), outputs, init)),
        new("mlp", "fully connected network with one hidden layer of 128 units", "to start with, where inputs are neither pictures nor sequences", InputKind.Table, [20],
            (shape, outputs, init) => new Mlp(Length(shape), HiddenUnits, outputs, init: init)),
        new("lenet", "LeNet-5: two convolutions, three fully connected layers", "to start with, for pictures", InputKind.Picture, [1, 28, 28],
            (shape, outputs, init) => new LeNet(outputs, shape[0], shape[1], shape[2], init)) { Smallest = 4 },
        new("resnet20", "residual network for small pictures", "after LeNet, for pictures of 16 to 64 pixels", InputKind.Picture, [3, 32, 32],
            (shape, outputs, init) => new ResNet20(outputs, shape[0], init: init)) { Smallest = 8 },
        new("resnet18", "residual network, 18 layers, names of torchvision's weights", "pictures of 96 pixels and more; with trained weights also for few examples", InputKind.Picture, [3, 224, 224],
            (shape, outputs, init) => ResNet.Of18(outputs, shape[0], init)) { Smallest = 32 },
        new("resnet34", "residual network, 34 layers, names of torchvision's weights", "where ResNet-18 underfits", InputKind.Picture, [3, 224, 224],
            (shape, outputs, init) => ResNet.Of34(outputs, shape[0], init)) { Smallest = 32 },
        new("resnet50", "residual network, 50 layers, names of torchvision's weights", "where ResNet-34 underfits, or for transfer from trained weights", InputKind.Picture, [3, 224, 224],
            (shape, outputs, init) => ResNet.Of50(outputs, shape[0], init)) { Smallest = 32 },
        new("lstm", "LSTM with one hidden layer of 128 units", "to start with, for sequences", InputKind.Sequence, [50, 8],
            (shape, outputs, init) => new LstmModel(shape[1], HiddenUnits, outputs, init: init)),
        new("tcn", "temporal convolutional network: dilated causal convolutions", "to start with, for long sequences, or where an LSTM is too slow", InputKind.Sequence, [50, 8],
            (shape, outputs, init) => new Tcn(shape[1], shape[0], outputs, init: init)),
        new("wavenet", "gated dilated causal convolutions with skip connections", "later, for raw signals of hundreds of steps and more", InputKind.Sequence, [1000, 1],
            (shape, outputs, init) => new WaveNet(shape[1], shape[0], outputs, init: init)),
        new("transformer", "Transformer encoder, 2 layers of width 64", "later, for sequences with far dependences and many examples", InputKind.Sequence, [50, 8],
            (shape, outputs, init) => new TransformerModel(shape[1], outputs, init: init)),
    ];

    /// <summary>Null for a name that no model has; case does not matter.</summary>
    public static ModelInfo? Find(string name) => All.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    static int Length(IReadOnlyList<int> shape) => shape.Aggregate(1, (product, size) => checked(product * size));
}
