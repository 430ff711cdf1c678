using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class AddingCurriculum
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "adding-lstm-curriculum",
        About = "hand-written LSTM adds the two marked numbers of a sequence; sequences grow from short to long, so the loss jumps at each new length",
        Half = Half.Report,
        Run = Run,
    };

    const int Width = 32;

    sealed class Lstm : Module
    {
        public Lstm()
        {
            // Remember at first (Gers 2000).
            using var noGrad = Autograd.NoGrad();
            Gates.Bias!.Narrow(0, Width, Width).FillInPlace(1);
        }

        public Linear Gates { get; } = new(2 + Width, 4 * Width);
        public Linear Sum { get; } = new(Width, 1);

        protected override Tensor Compute(Tensor x) // [N, T, 2]
        {
            var (h, c) = (Tensor.Zeros([x.Size(0), Width]), Tensor.Zeros([x.Size(0), Width]));
            foreach (var now in x.Unbind(1))
            {
                var g = Gates.Forward(Tensor.Cat([now, h], 1)).Chunk(4, 1);
                c = Functional.Sigmoid(g[1]) * c + Functional.Sigmoid(g[0]) * Functional.Tanh(g[2]);
                h = Functional.Sigmoid(g[3]) * Functional.Tanh(c);
            }
            return Sum.Forward(h); // [N, 1]
        }
    }

    static (Tensor X, Tensor Y) Adding(int count, int length)
    {
        var values = Tensor.Rand([count, length]);
        var marked = Tensor.Rand([count, length]).TopK(2, 1).Indices;
        var marks = Tensor.Zeros([count, length]).Scatter(1, marked, 1.0);
        return (Tensor.Stack([values, marks], 2), (values * marks).Sum(1, keepDim: true));
    }

    static void Run()
    {
        Rng.Seed(128);
        using var model = new Lstm();
        using var optimizer = new Adam(model.Parameters(), 1e-2);
        foreach (var length in new[] { 3, 5, 8 })
            for (var i = 0; i < 140; i++)
            {
                using var step = Scope.New();
                var (x, y) = Adding(50, length);
                optimizer.ZeroGrad();
                Loss.Mse(model.Forward(x), y).Backward();
                GradientClip.ByNorm(model.Parameters(), 1);
                optimizer.Step();
            }

        model.Eval();
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var (testX, testY) = Adding(500, 8);
        Outcome.AtMost("error at length 8 (variance 0.17)", Loss.Mse(model.Forward(testX), testY).Item<double>(), 0.04);
    }
}
