using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Corpus.Sick;

/// <summary>What is done after training, with everything off that belongs to training.</summary>
static class Judge
{
    /// <summary>Share of wrong answers.</summary>
    public static double ErrorRate(Module net, Tensor x, Tensor labels)
    {
        using var scope = Scope.New();
        using var quiet = Autograd.NoGrad();
        using var evaluating = new Evaluating(net);
        return ErrorRate(net.Forward(x), labels);
    }

    /// <summary>Share of rows whose largest score is not at the label.</summary>
    public static double ErrorRate(Tensor scores, Tensor labels) => scores.ArgMax(1).Ne(labels).To(DType.Float32).Mean().Item<float>();

    /// <summary>Mean squared error.</summary>
    public static double SquaredError(Module net, Tensor x, Tensor y)
    {
        using var scope = Scope.New();
        using var quiet = Autograd.NoGrad();
        using var evaluating = new Evaluating(net);
        return Loss.Mse(net.Forward(x), y).Item<float>();
    }

    /// <summary>In evaluation mode, and then as before.</summary>
    readonly ref struct Evaluating : IDisposable
    {
        readonly Module _net;
        readonly bool _training;

        public Evaluating(Module net)
        {
            (_net, _training) = (net, net.Training);
            net.Training = false;
        }

        public void Dispose() => _net.Training = _training;
    }
}
