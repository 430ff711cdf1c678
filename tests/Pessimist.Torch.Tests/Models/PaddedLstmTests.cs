using Pessimist.Torch.Models;

namespace Pessimist.Torch.Tests.Models;

public sealed class PaddedLstmTests
{
    /// <summary>[1, steps, features + 1]: filling in front, then the steps with a 1 behind each.</summary>
    static Tensor Padded(Tensor steps, int total, double filling = 0)
    {
        var (own, features) = (steps.Size(1), steps.Size(2));
        var there = Tensor.Cat([steps, Tensor.Ones([1, own, 1])], 2);
        var front = Tensor.Cat([Tensor.Full([1, total - own, features], filling), Tensor.Zeros([1, total - own, 1])], 2);
        return Tensor.Cat([front, there], 1);
    }

    [Fact]
    public void Filling_does_not_change_what_is_predicted()
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        using var padded = new LstmModel(4, 8, 2, padded: true);
        using var plain = new LstmModel(3, 8, 2);
        plain.LoadStateDict(padded.StateDict());
        Tensor a = Tensor.Randn([1, 5, 3]), b = Tensor.Randn([1, 2, 3]), c = Tensor.Randn([1, 7, 3]);
        var together = padded.Forward(Tensor.Cat([Padded(a, 7), Padded(b, 7, filling: 9), Padded(c, 7)], 0));
        foreach (var (row, alone) in new[] { a, b, c }.Index())
            Difference(together.Narrow(0, row, 1), plain.Forward(alone)).ShouldBeLessThan(1e-6);
        // More filling, same prediction.
        Difference(padded.Forward(Padded(b, 30)), plain.Forward(b)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void No_gradient_reaches_the_filling()
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        using var padded = new LstmModel(4, 8, 2, padded: true);
        var x = Padded(Tensor.Randn([1, 2, 3]), 5).Clone();
        x.RequiresGrad = true;
        padded.Forward(x).Sum().Backward();
        var gradient = x.Grad!.Abs().Sum([0, 2]).ToArray<float>();
        gradient[..3].ShouldAllBe(g => g == 0);
        gradient[3..].ShouldAllBe(g => g > 0);
    }

    [Fact]
    public void A_sequence_of_filling_alone_is_read_as_one_step_of_zeros()
    {
        using var scope = Scope.New();
        using var padded = new LstmModel(4, 8, 2, padded: true);
        padded.Forward(Tensor.Zeros([2, 5, 4])).IsFinite().All().Item<double>().ShouldBe(1);
    }

    [Fact]
    public void A_feature_beside_the_one_that_tells_is_needed() => Should.Throw<TorchException>(() => new LstmModel(1, 8, 2, padded: true));

    static double Difference(Tensor a, Tensor b) => (a - b).Abs().Max().Item<double>();
}
