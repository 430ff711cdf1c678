using Pessimist.Tests;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Tests.Nn;

/// <summary>What passes between the engine's layers is freed or overwritten while nobody looks; nothing else may differ.</summary>
public sealed class UnseenTests
{
    public static TheoryData<string> Networks => ["lenet", "resnet20", "resnet50", "lstm", "transformer", "tcn", "wavenet", "mlp"];

    static (Module Net, long[] Shape) Make(string name)
    {
        Rng.Seed(3);
        return name switch
        {
            "lenet" => (new LeNet(10), [4, 1, 28, 28]),
            "resnet20" => (new ResNet20(10), [4, 3, 32, 32]),
            "resnet50" => (ResNet.Of50(10), [2, 3, 33, 33]),
            "lstm" => (new LstmModel(5, 8, 3), [4, 7, 5]),
            "transformer" => (new TransformerModel(5, 3, width: 16, layers: 2, heads: 4), [4, 7, 5]),
            "tcn" => (new Tcn(5, 20, 3), [4, 20, 5]),
            "wavenet" => (new WaveNet(5, 20, 3), [4, 20, 5]),
            _ => (new Mlp(6, 12, 3, depth: 2), [4, 6]),
        };
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_watched_run_computes_to_the_bit_what_an_unwatched_one_does(string name)
    {
        var unwatched = Run(name);
        using var lease = Watcher.Watch(new Looker());
        Run(name).ShouldBe(unwatched);
    }

    // Two steps, and predictions of the trained network, of one that is evaluated, with gradients recorded and without.
    static float[] Run(string name)
    {
        using var scope = Scope.New();
        var (net, shape) = Make(name);
        var adam = new Adam(net.Parameters(), 0.01);
        var x = Tensor.Randn(shape);
        List<float> results = [];
        for (var step = 0; step < 2; step++)
        {
            adam.ZeroGrad();
            var loss = net.Forward(x).Square().Mean();
            loss.Backward();
            results.Add(loss.Item<float>());
            adam.Step();
        }
        foreach (var parameter in net.Parameters())
            results.Add(parameter.Sum().Item<float>());
        net.Eval();
        results.AddRange(net.Forward(x).ToArray<float>());
        using (Autograd.NoGrad())
            results.AddRange(net.Forward(x).ToArray<float>());
        using (Autograd.Inference())
            results.AddRange(net.Forward(x).ToArray<float>());
        adam.Dispose();
        net.Dispose();
        return [.. results];
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_forward_pass_leaves_its_result_alone(string name)
    {
        Garbage.Settle();
        using var scope = Scope.New();
        var (net, shape) = Make(name);
        var x = Tensor.Randn(shape);
        using (Autograd.NoGrad())
            net.Forward(x).IsDisposed.ShouldBeFalse();
        var before = Memory.LiveTensors;
        using (Autograd.NoGrad())
            for (var i = 0; i < 3; i++)
                net.Forward(x).Numel.ShouldBePositive();
        (Memory.LiveTensors - before).ShouldBe(3, "nothing but the results outlives the pass");
        x.IsDisposed.ShouldBeFalse();
        net.Dispose();
    }

    [Fact]
    public void A_layer_of_ones_own_may_keep_what_it_is_given()
    {
        using var scope = Scope.New();
        var (first, second) = (new Keeper(), new Keeper());
        var net = new Sequential(new Sequential(new Linear(3, 3), first), new ReLU(), new Sequential(second, new Linear(3, 2)));
        net.Forward(Tensor.Randn([2, 3]));
        first.Given!.IsDisposed.ShouldBeFalse();
        second.Given!.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public void A_hook_may_keep_what_it_sees()
    {
        using var scope = Scope.New();
        var block = new BasicBlock(4, 4);
        block.Eval();
        List<(Tensor Seen, float[] Values)> kept = [];
        var hook = block.Bn1.AfterForward((_, _, output) => kept.Add((output, output.ToArray<float>())));
        using (Autograd.NoGrad())
            block.Forward(Tensor.Randn([1, 4, 6, 6]));
        hook.Dispose();
        hook.Dispose();
        kept.ShouldHaveSingleItem().Seen.ToArray<float>().ShouldBe(kept[0].Values);
        using (Autograd.NoGrad())
            block.Forward(Tensor.Randn([1, 4, 6, 6]));
        kept.Count.ShouldBe(1);
    }

    sealed class Keeper : Module
    {
        Tensor? _given;

        public Tensor? Given => _given;

        protected override Tensor Compute(Tensor input) => _given = input;
    }

    sealed class Looker : Watcher
    {
        public Looker() => SeesOperators = true;
    }
}
