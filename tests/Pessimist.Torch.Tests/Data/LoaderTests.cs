using Pessimist.Tests;
using Pessimist.Torch.Data;

namespace Pessimist.Torch.Tests.Data;

public sealed class LoaderTests
{
    static TensorDataset Numbers(int count) =>
        TensorDataset.From([.. Enumerable.Range(0, count * 2).Select(i => (float)i)], [2], [.. Enumerable.Range(0, count).Select(i => (long)i)]);

    static long[][] Epoch(Loader loader)
    {
        List<long[]> epoch = [];
        foreach (var (x, y) in loader)
        {
            x.ToArray<float>().ShouldBe(y.ToArray<long>().SelectMany(i => new[] { 2f * i, 2f * i + 1 }));
            epoch.Add(y.ToArray<long>());
        }
        return [.. epoch];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_epoch_has_every_row_once_with_its_target(bool prefetch)
    {
        using var data = Numbers(10);
        var loader = new Loader(data, 4, seed: 1, prefetch: prefetch);
        var epoch = Epoch(loader);
        epoch.Select(b => b.Length).ShouldBe([4, 4, 2]);
        epoch.SelectMany(b => b).Order().ShouldBe(Enumerable.Range(0, 10).Select(i => (long)i));
        loader.Count.ShouldBe(3);
        new Loader(data, 4, dropLast: true).Count.ShouldBe(2);
        Epoch(new Loader(data, 4, shuffle: false, dropLast: true, prefetch: prefetch)).ShouldBe([[0, 1, 2, 3], [4, 5, 6, 7]]);
    }

    [Fact]
    public void The_order_depends_on_seed_and_epoch_alone()
    {
        using var data = Numbers(50);
        var first = new Loader(data, 7, seed: 3);
        var again = new Loader(data, 7, seed: 3, prefetch: true);
        long[][][] epochs = [Epoch(first), Epoch(first)];
        Epoch(again).ShouldBe(epochs[0]);
        Rng.Seed(123);
        Epoch(again).ShouldBe(epochs[1]);
        epochs[0].ShouldNotBe(epochs[1]);
        Epoch(new Loader(data, 7, seed: 4)).ShouldNotBe(epochs[0]);
        again.Epoch = 0;
        Epoch(again).ShouldBe(epochs[0]);
    }

    [Fact]
    public void The_permutation_never_changes() =>
        Shuffle.Permutation(10, seed: 42, epoch: 1).ShouldBe([8, 1, 9, 4, 3, 5, 0, 6, 7, 2]);

    [Fact]
    public void Every_first_row_is_equally_likely()
    {
        var counts = new int[10];
        for (var seed = 0; seed < 10_000; seed++)
            counts[Shuffle.Permutation(10, seed)[0]]++;
        // Chi-square, 9 degrees of freedom: 27.9 is exceeded once in a thousand.
        counts.Sum(c => (c - 1000.0) * (c - 1000) / 1000).ShouldBeLessThan(27.9);
    }

    [Fact]
    public void Shuffling_draws_nothing_from_libtorch()
    {
        using var data = Numbers(20);
        Rng.Seed(5);
        var before = Rng.GetState();
        Epoch(new Loader(data, 3, prefetch: true));
        Rng.GetState().SequenceEqual(before).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transform_draws_the_same_numbers_whatever_the_thread(bool prefetch)
    {
        using var data = Numbers(6);
        var loader = new Loader(data, 3, shuffle: false, seed: 9, transform: (b, random) => b with { Inputs = b.Inputs * 0 + random.Next(1000) }, prefetch: prefetch);
        var drawn = loader.Select(b => b.Inputs.ToArray<float>()[0]).ToArray();
        drawn.ShouldBe([344f, 946f]);
        drawn[0].ShouldNotBe(drawn[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leaves_no_tensor_behind_when_left_early_or_failing(bool prefetch)
    {
        Garbage.Settle();
        using var data = Numbers(30);
        var before = Memory.LiveTensors;
        foreach (var (i, _) in new Loader(data, 3, prefetch: prefetch).Index())
            if (i == 2)
                break;
        Memory.LiveTensors.ShouldBe(before);
        var failing = new Loader(data, 3, shuffle: false, transform: (b, _) => b.Rows[0] >= 6 ? throw new InvalidDataException("row 6") : b, prefetch: prefetch);
        Should.Throw<InvalidDataException>(() => failing.Count(b => b.Count > 0)).Message.ShouldBe("row 6");
        Memory.LiveTensors.ShouldBe(before);
    }

    [Fact]
    public void Says_what_is_wrong_with_the_data()
    {
        using var data = Numbers(3);
        Should.Throw<TorchException>(() => new Loader(data, 4, dropLast: true)).Message.ShouldContain("no full batch of 4 in 3 examples");
        Should.Throw<TorchException>(() => new Loader(data, 0)).Message.ShouldContain("batchSize 0 is not valid");
        Should.Throw<TorchException>(() => new TensorDataset(Tensor.Zeros([3, 2]), Tensor.Zeros([4]))).Message.ShouldContain("float32[3, 2] and targets float32[4]");
        Should.Throw<TorchException>(() => data.Rows([0, 3])).Message.ShouldContain("row 3 does not exist; there are 3");
    }
}
