using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class LossTests
{
    [Fact]
    public void Refuses_shapes_that_would_broadcast()
    {
        using var scope = Scope.New();
        Func<Tensor, Tensor, Tensor>[] losses =
            [(x, y) => Loss.Mse(x, y), (x, y) => Loss.L1(x, y), (x, y) => Loss.Huber(x, y), (x, y) => Loss.SmoothL1(x, y), (x, y) => Loss.BceWithLogits(x, y)];
        foreach (var loss in losses)
        {
            var error = Should.Throw<TorchException>(() => loss(Tensor.Zeros([4, 1]), Tensor.Zeros([4])));
            error.Message.ShouldContain("[4, 1]");
            error.Message.ShouldContain("target of shape [4]");
        }
    }

    [Fact]
    public void Says_which_class_ids_cross_entropy_takes()
    {
        using var scope = Scope.New();
        var logits = Tensor.Zeros([4, 3]);
        Should.Throw<TorchException>(() => Loss.CrossEntropy(logits, Tensor.Zeros([4]))).Message.ShouldContain("int64, not float32 [4]");
        Should.Throw<TorchException>(() => Loss.CrossEntropy(logits, Tensor.Zeros([4, 1], DType.Int64))).Message.ShouldContain("class ids of shape [4], not [4, 1]");
        Should.Throw<TorchException>(() => Loss.CrossEntropy(logits, Tensor.From([0L, 1, 2, 3]))).Message.ShouldContain("3");
    }

    [Fact]
    public void Cross_entropy_of_equal_logits_is_ln_K()
    {
        using var scope = Scope.New();
        Loss.CrossEntropy(Tensor.Zeros([4, 10]), Tensor.From([0L, 3, 9, 5])).Item<double>().ShouldBe(Math.Log(10), 1e-6);
    }
}
