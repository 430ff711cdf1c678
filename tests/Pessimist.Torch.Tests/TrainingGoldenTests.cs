using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests;

public sealed class TrainingGoldenTests
{
    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void Training_from_a_seed_goes_as_in_PyTorch(string name)
    {
        using var outer = Scope.New();
        Rng.Seed(8);
        using var net = new Sequential(
            new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Conv2d(4, 8, 3), new ReLU(),
            new Flatten(), new Linear(8 * 4 * 4, 16), new Tanh(), new Dropout(0.2), new Linear(16, 5));
        var (x, y) = (Tensor.Randn([20, 1, 12, 12]), Tensor.RandInt(0, 5, [20]));
        using Optimizer optimizer = name == "adam" ? new Adam(net.Parameters(), 0.01) : new SGD(net.Parameters(), 0.1, momentum: 0.9, weightDecay: 1e-3);
        var scheduler = new Scheduler(optimizer, new CosineAnnealingLR(20));
        var losses = new double[20];
        for (var step = 0; step < losses.Length; step++)
        {
            using var scope = Scope.New();
            var loss = Loss.CrossEntropy(net.Forward(x), y, labelSmoothing: 0.1);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            scheduler.Step();
            losses[step] = loss.Item<double>();
        }
        net.Eval();

        var golden = Golden.Read("training.json").GetProperty(name);
        // The first losses agree to float32; then rounding grows from step to step, here and in PyTorch alike.
        losses[..3].ShouldMatch(golden.GetProperty("losses").Doubles()[..3], 1e-5, "the first losses");
        losses.ShouldMatch(golden.GetProperty("losses").Doubles(), 1e-3, "losses");
        Loss.CrossEntropy(net.Forward(x), y).Item<double>().ShouldBe(golden.GetProperty("final").GetDouble(), 1e-3);
    }
}
