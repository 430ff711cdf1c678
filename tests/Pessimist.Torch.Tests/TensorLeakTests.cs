using Pessimist.Tests;
namespace Pessimist.Torch.Tests;

public sealed class TensorLeakTests
{
    [Fact]
    public void A_thousand_steps_keep_no_tensor_and_no_memory()
    {
        Garbage.Settle();
        using var outer = Scope.New();
        Rng.Seed(1);
        Tensor[] parameters = [(Tensor.Randn([16, 8]) * 0.1).Detach().RequireGrad(), Tensor.Zeros([16]).RequireGrad(), (Tensor.Randn([3, 16]) * 0.1).Detach().RequireGrad()];
        var first = parameters.Select(p => p.Detach().ZerosLike()).ToArray();
        var second = parameters.Select(p => p.Detach().ZerosLike()).ToArray();
        var steps = Tensor.Zeros([3], DType.Int64);
        var (x, y) = (Tensor.Randn([32, 8]), Tensor.RandInt(0, 3, [32]));
        Memory.Track = true;
        try
        {
            var losses = new List<double>();
            var (tensors, bytes) = (0L, 0L);
            for (var step = 0; step < 1000; step++)
            {
                using (Scope.New())
                {
                    Fused.ZeroGrad(parameters);
                    var hidden = Functional.Relu(Functional.Linear(x, parameters[0], parameters[1]));
                    var loss = Functional.CrossEntropy(Functional.Linear(hidden, parameters[2]), y);
                    loss.Backward();
                    _ = parameters.Sum(p => p.Grad!.Norm().Item<double>());
                    Fused.Adam(parameters, first, second, steps, 0.01);
                    losses.Add(loss.Item<double>());
                    if (step % 50 == 0) Should.Throw<TorchException>(() => x.Mm(x));
                }
                if (step == 10) (tensors, bytes) = (Memory.LiveTensors, Memory.CurrentBytes());
            }
            Memory.LiveTensors.ShouldBe(tensors);
            // malloc gives a few bytes more or less for the same request; one tensor a step would be 8 KB at least.
            Memory.CurrentBytes().ShouldBeInRange(bytes - 1024, bytes + 1024);
            losses[^1].ShouldBeLessThan(losses[0] / 5);
        }
        finally
        {
            Memory.Track = false;
        }
    }

    [Fact]
    public void Failed_calls_and_lists_keep_nothing()
    {
        Garbage.Settle();
        using var x = Tensor.Zeros([4]);
        var before = Memory.LiveTensors;
        for (var i = 0; i < 100; i++)
        {
            using var scope = Scope.New();
            _ = x.Unbind();
            _ = Dispatcher.Call("aten::sort", "", x);
            Should.Throw<TorchException>(() => Dispatcher.Find("aten::sort").Call(x));
            Should.Throw<TorchException>(() => Tensor.Cat([x, Tensor.Zeros([1, 1])]));
        }
        Memory.LiveTensors.ShouldBe(before);
    }
}
