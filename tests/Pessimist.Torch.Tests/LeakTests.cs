using Pessimist.Tests;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests;

public sealed class LeakTests
{
    public static TheoryData<string> Optimizers => ["sgd", "sgd momentum", "adam", "adamw", "rmsprop"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Live_tensors_are_constant_over_a_thousand_steps(string name)
    {
        using var net = new Sequential(new Linear(4, 8), new ReLU(), new BatchNorm1d(8), new Linear(8, 3));
        using var optimizer = Make(name, net.Parameters());
        using var x = Tensor.Randn([6, 4]).Keep();
        using var y = Tensor.From([0L, 1, 2, 0, 1, 2]).Keep();
        ShouldNotGrow(1000, () =>
        {
            optimizer.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            GradientClip.ByNorm(net.Parameters(), 1);
            optimizer.Step();
        });
    }

    [Fact]
    public void A_LeNet_step_frees_what_it_made()
    {
        using var net = new LeNet(3, height: 8, width: 8);
        using var adam = new Adam(net.Parameters());
        using var x = Tensor.Randn([2, 1, 8, 8]).Keep();
        using var y = Tensor.From([0L, 2]).Keep();
        ShouldNotGrow(50, () =>
        {
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            adam.Step();
        });
    }

    [Fact]
    public void A_network_and_its_optimizer_leave_nothing_behind()
    {
        Garbage.Settle();
        var before = Memory.LiveTensors;
        using (Scope.New())
        using (var net = new Mlp(4, 8, 3))
        using (var adam = new Adam(net.Parameters()))
        {
            net.Forward(Tensor.Ones([2, 4])).Sum().Backward();
            adam.Step();
            adam.StateDict();
        }
        Memory.LiveTensors.ShouldBe(before);
    }

    static Optimizer Make(string name, IReadOnlyList<Tensor> p) => name switch
    {
        "sgd" => new SGD(p, 0.01),
        "sgd momentum" => new SGD(p, 0.01, momentum: 0.9, nesterov: true, weightDecay: 0.1),
        "adam" => new Adam(p, weightDecay: 0.1),
        "adamw" => new AdamW(p, maximize: true),
        _ => new RMSprop(p, momentum: 0.9, centered: true),
    };

    static void ShouldNotGrow(int steps, Action step)
    {
        Garbage.Settle();
        var live = 0L;
        for (var i = 0; i < steps; i++)
        {
            using (Scope.New())
                step();
            // The first step makes the optimizer's state.
            if (i == 0)
                live = Memory.LiveTensors;
            else
                Memory.LiveTensors.ShouldBe(live, $"after step {i}");
        }
    }
}
