using System.Globalization;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Models;

public sealed class ModelSummaryTests
{
    [Fact]
    public void Lists_shapes_and_parameters_layer_by_layer_and_leaves_the_network_as_it_was()
    {
        using var scope = Scope.New();
        using var net = new LeNet(10);
        net.Flatten.Eval();
        Rng.Seed(1);
        var state = Rng.GetState();
        var summary = ModelSummary.Of(net, [1, 28, 28], 32);
        summary.Layers.Select(l => $"{l.Name} [{string.Join(", ", l.OutputShape)}] {l.Parameters}").ShouldBe(
        [
            "conv1 [6, 28, 28] 156", "relu1 [6, 28, 28] 0", "pool1 [6, 14, 14] 0", "conv2 [16, 10, 10] 2416", "relu2 [16, 10, 10] 0", "pool2 [16, 5, 5] 0",
            "flatten [400] 0", "fc1 [120] 48120", "relu3 [120] 0", "fc2 [84] 10164", "relu4 [84] 0", "fc3 [10] 850",
        ]);
        summary.Parameters.ShouldBe(61_706);
        summary.WeightBytes.ShouldBe(61_706 * 4);
        summary.GradientBytes.ShouldBe(61_706 * 4);
        summary.OptimizerBytes.ShouldBe(61_706 * 8);
        (net.Training, net.Flatten.Training, net.Fc1.Training).ShouldBe((true, false, true));
        Rng.GetState().SequenceEqual(state).ShouldBeTrue();
        net.Forward(Tensor.Zeros([1, 1, 28, 28]));
        summary.Layers.Count.ShouldBe(12, "the hooks are gone");
    }

    [Fact]
    public void Memory_grows_with_the_batch_and_savings_come_largest_first()
    {
        using var net = new Mlp(784, 4096, 10, depth: 3);
        var (small, large) = (ModelSummary.Of(net, [784], 1), ModelSummary.Of(net, [784], 1000));
        // Input, three times Linear and ReLU of 4096, the output; memory is given out in steps of 16 bytes and more.
        ((double)small.ActivationBytes).ShouldBe(4 * (784 + 6 * 4096 + 10), 2_000);
        ((double)large.ActivationBytes).ShouldBe(1000 * small.ActivationBytes, 0.02 * large.ActivationBytes);
        large.Savings.Select(s => s.Bytes).ShouldBe(large.Savings.Select(s => s.Bytes).OrderDescending());
        large.Savings.ShouldContain(s => s.Action == "halve the batch to 500" && Math.Abs(s.Bytes - large.ActivationBytes / 2) < 0.02 * large.ActivationBytes);
        large.Savings.ShouldContain(s => s.Action.StartsWith("halve the units of layers.3"));
    }

    [Fact]
    public void Halving_the_widths_saves_what_it_says()
    {
        using var net = new Mlp(100, 64, 10, depth: 2);
        using var half = new Mlp(100, 32, 10, depth: 2);
        var promised = ModelSummary.Of(net, [100], 16).Savings.Single(s => s.Action.Contains("channels")).Bytes;
        var saved = ModelSummary.Of(net, [100], 16).TotalBytes - ModelSummary.Of(half, [100], 16).TotalBytes;
        ((double)promised).ShouldBe(saved, 0.05 * saved);
    }

    public static TheoryData<string, int> Steps => new()
    {
        { "lenet", 64 }, { "resnet20", 16 }, { "lstm", 32 }, { "transformer", 32 }, { "tcn", 32 }, { "mlp", 512 }, { "mlp", 4 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void The_peak_of_a_step_is_known_before_it_is_taken(string name, int batch)
    {
        using var outer = Scope.New();
        var model = ModelCatalog.Find(name)!;
        long[] shape = [.. model.Typical.Select(s => (long)s)];
        long predicted;
        using (var net = model.Create(model.Typical, 10, null))
            predicted = ModelSummary.Of(net, shape, batch).TotalBytes;
        Memory.Track = true;
        try
        {
            var before = Memory.CurrentBytes();
            using var net = model.Create(model.Typical, 10, null);
            using var adam = new Adam(net.Parameters());
            for (var step = 0; step < 2; step++)
            {
                using var scope = Scope.New();
                Memory.ResetPeak();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(Tensor.Randn([batch, .. shape])), Tensor.RandInt(0, 10, [batch])).Backward();
                adam.Step();
            }
            var measured = Memory.PeakBytes() - before;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {batch}: predicted {predicted}, measured {measured}, ratio {(double)predicted / measured:0.000}"));
            ((double)predicted).ShouldBe(measured, 0.15 * measured);
        }
        finally
        {
            Memory.Track = false;
        }
    }

    [Fact]
    public void Looking_at_memory_leaves_running_statistics_alone()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Linear(4, 3), new BatchNorm1d(3), new Dropout(0.5));
        ModelSummary.Of(net, [4], 8);
        net.StateDict()["1.num_batches_tracked"].Item<long>().ShouldBe(0);
        net.StateDict()["1.running_mean"].ToArray<float>().ShouldAllBe(m => m == 0);
        net.Training.ShouldBeTrue();
        net.Parameters().ShouldAllBe(p => !p.HasGrad);
    }

    [Fact]
    public void Prints_a_table()
    {
        using var net = new Mlp(64, 128, 10);
        ModelSummary.Of(net, [64], 32).ToString().ShouldMatch(
            """
            ^layers.0  Flatten         \[64\]
            layers.1  Linear          \[128\]                  8,320
            layers.2  ReLU            \[128\]
            layers.3  Linear          \[10\]                   1,290
            9,610 parameters; a step of 32 examples takes about 21\d.\d kB: weights 38.4 kB, gradients 38.4 kB, optimizer 76.9 kB, activations 4\d.\d kB, in passing 1\d.\d kB$
            """);
    }
}
