using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Data;

/// <summary>Cuts a data set into batches, in an order of its own each epoch: <c>foreach (var (x, y) in loader)</c> is one epoch.</summary>
/// <remarks>A batch lives until the next one is asked for; clone what must live longer. The order depends on seed and epoch alone and
/// nothing is drawn from libtorch's generator, so shuffling does not change what a network draws.</remarks>
public sealed class Loader : IEnumerable<Batch>
{
    // Below this a batch is copied faster than a thread is woken.
    const long WorthAThread = 1 << 20;

    readonly long _seed;
    readonly bool _prefetch;

    /// <param name="seed">Of the shuffling and of what <paramref name="transform"/> draws.</param>
    /// <param name="dropLast">Whether to leave out a last batch that is not full (batch norm fails on a batch of one).</param>
    /// <param name="transform">Changes a batch, as augmentation does; its random numbers come from the generator it is given.</param>
    /// <param name="prefetch">Prepares the next batch on a thread of its own; null does so where batches are large or transformed.</param>
    public Loader(
        TensorDataset data, int batchSize, bool shuffle = true, long seed = 0, bool dropLast = false, Func<Batch, Random, Batch>? transform = null,
        bool? prefetch = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        (Data, BatchSize, Shuffles, _seed, DropLast, Transform) = (data, Require.Positive(batchSize), shuffle, seed, dropLast, transform);
        if (Count == 0)
            throw new TorchException(
                data.Count == 0 ? "the data set is empty" : $"no full batch of {batchSize} in {data.Count} examples, and the last one is dropped; lower the batch size");
        _prefetch = prefetch ?? (transform is not null || data.Inputs.Numel * data.Inputs.DType.Size() / data.Count * batchSize >= WorthAThread);
        Watcher.Current?.Loader(this);
    }

    public TensorDataset Data { get; }
    public int BatchSize { get; }
    public bool DropLast { get; }

    /// <summary>Every epoch has an order of its own.</summary>
    public bool Shuffles { get; }
    public Func<Batch, Random, Batch>? Transform { get; }

    /// <summary>The epoch that the next enumeration runs; counts up by itself. Set it to continue an interrupted run.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches in an epoch.</summary>
    public int Count => DropLast ? Data.Count / BatchSize : (Data.Count + BatchSize - 1) / BatchSize;

    public IEnumerator<Batch> GetEnumerator()
    {
        var epoch = Epoch++;
        var order = Shuffles ? Shuffle.Permutation(Data.Count, _seed, epoch) : [.. Enumerable.Range(0, Data.Count)];
        var batches = _prefetch ? Ahead(order, epoch) : Direct(order, epoch);
        return Watcher.Current is null ? batches : Watched(batches, epoch);
    }

    IEnumerator<Batch> Watched(IEnumerator<Batch> batches, int epoch)
    {
        using (batches)
            for (var index = 0; Fetch(batches); index++)
                yield return Watcher.Current?.Batch(this, batches.Current, epoch, index) ?? batches.Current;
    }

    bool Fetch(IEnumerator<Batch> batches)
    {
        Watcher.Current?.Fetch(this);
        return batches.MoveNext();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IEnumerator<Batch> Direct(int[] order, int epoch)
    {
        for (var b = 0; b < Count; b++)
        {
            var batch = Make(order, epoch, b);
            try
            {
                yield return batch;
            }
            finally
            {
                batch.Dispose();
            }
        }
    }

    // A dedicated thread: libtorch keeps a team of workers for every thread that calls it.
    IEnumerator<Batch> Ahead(int[] order, int epoch)
    {
        using var ready = new BlockingCollection<(Batch Batch, Exception? Error)>(1);
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() => Produce(order, epoch, ready, stop.Token)) { IsBackground = true, Name = "pessimist loader" };
        thread.Start();
        try
        {
            foreach (var (batch, error) in ready.GetConsumingEnumerable())
            {
                if (error is not null)
                    ExceptionDispatchInfo.Throw(error);
                try
                {
                    yield return batch;
                }
                finally
                {
                    batch.Dispose();
                }
            }
        }
        finally
        {
            stop.Cancel();
            thread.Join();
            while (ready.TryTake(out var left))
                if (left.Error is null)
                    left.Batch.Dispose();
        }
    }

    void Produce(int[] order, int epoch, BlockingCollection<(Batch, Exception?)> ready, CancellationToken stop)
    {
        Batch? pending = null;
        try
        {
            for (var b = 0; b < Count; b++)
            {
                pending = Make(order, epoch, b);
                ready.Add((pending.Value, null), stop);
                pending = null;
            }
        }
        catch (Exception e)
        {
            // Either the consumer stopped, or it must hear of this; never let it end the process.
            pending?.Dispose();
            if (!stop.IsCancellationRequested)
                ready.TryAdd((default, e), Timeout.Infinite, CancellationToken.None);
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    Batch Make(int[] order, int epoch, int b)
    {
        using var scope = Scope.New();
        var batch = Data.Rows(order.AsSpan(b * BatchSize, Math.Min(BatchSize, Data.Count - b * BatchSize)));
        if (Transform is not null)
        {
            using var noGrad = Autograd.NoGrad();
            batch = Transform(batch, new Random(Shuffle.Seed(_seed, epoch, b)));
        }
        batch.Inputs.Keep();
        batch.Targets.Keep();
        return batch;
    }
}
