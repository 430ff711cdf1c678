using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Corpus.Healthy.Loops;

static class LbfgsClosure
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-softmax-lbfgs-closure",
        About = "softmax regression on all digits at once by a hand-written L-BFGS, which calls its closure (loss and backward) several times a step",
        Half = Half.Tune,
        Run = Run,
    };

    /// <summary>The two-loop recursion (Nocedal 1980) with backtracking.</summary>
    sealed class Lbfgs(IReadOnlyList<Tensor> parameters) : IDisposable
    {
        readonly LinkedList<(Tensor S, Tensor Y, double Rho)> _memory = [];

        public double Step(Func<Tensor> closure)
        {
            var loss = closure().Item<double>();
            var gradient = Gradient();
            var direction = -Multiply(gradient);
            var slope = gradient.Dot(direction).Item<double>();
            double size = _memory.Count == 0 ? 0.1 : 1, after = double.NaN;
            Move(direction, size);
            for (var tries = 0; tries < 12; tries++)
            {
                after = closure().Item<double>();
                if (after <= loss + 1e-4 * size * slope) break;
                Move(direction, -size / 2);
                size /= 2;
            }
            var (s, y) = ((direction * size).Keep(), (Gradient() - gradient).Keep());
            var curvature = s.Dot(y).Item<double>();
            if (curvature > 1e-10) _memory.AddLast((s, y, 1 / curvature));
            if (_memory.Count > 8) Forget();
            return after;
        }

        public void Dispose()
        {
            while (_memory.Count > 0) Forget();
        }

        void Forget()
        {
            var (s, y, _) = _memory.First!.Value;
            s.Dispose();
            y.Dispose();
            _memory.RemoveFirst();
        }

        Tensor Multiply(Tensor gradient)
        {
            var q = gradient;
            var alphas = new Stack<double>();
            for (var node = _memory.Last; node is not null; node = node.Previous)
            {
                var (s, y, rho) = node.Value;
                alphas.Push(rho * s.Dot(q).Item<double>());
                q = q - alphas.Peek() * y;
            }
            if (_memory.Last is { Value: var (_, newest, newestRho) }) q = q / (newestRho * newest.Dot(newest).Item<double>());
            foreach (var (s, y, rho) in _memory) q = q + s * (alphas.Pop() - rho * y.Dot(q).Item<double>());
            return q;
        }

        Tensor Gradient() => Tensor.Cat([.. parameters.Select(p => p.Grad!.Reshape(-1))]);

        void Move(Tensor direction, double size)
        {
            using var noGrad = Autograd.NoGrad();
            var at = 0L;
            foreach (var p in parameters)
            {
                p.AddInPlace(direction.Narrow(0, at, p.Numel).View(p.Shape), size);
                at += p.Numel;
            }
        }
    }

    static void Run()
    {
        Rng.Seed(17);
        using var all = Scope.New();
        var (images, labels) = Digits.Load(0, 1200);
        var (testImages, testLabels) = Digits.Load(1200, Digits.Count);
        var x = images.Reshape(-1, 64);
        using var model = new Linear(64, 10);
        using var optimizer = new Lbfgs(model.Parameters());
        var loss = double.NaN;
        for (var i = 0; i < 40; i++)
        {
            using var step = Scope.New();
            loss = optimizer.Step(() =>
            {
                model.ZeroGrad();
                var objective = Loss.CrossEntropy(model.Forward(x), labels) + 1e-3 * model.Weight.Square().Sum();
                objective.Backward();
                return objective;
            });
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("objective", loss, 0.45);
        Outcome.AtLeast("test accuracy", model.Forward(testImages.Reshape(-1, 64)).ArgMax(1).Eq(testLabels).To(DType.Float32).Mean().Item<double>(), 0.93);
    }
}
