using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class WineGrades
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "wine-grades-ordinal",
        About = "grades 1 to 5 by ordinal regression: one score, four ordered thresholds, binary cross-entropy on 'better than'",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Ordinal : Module
    {
        public Sequential Score { get; } = new(new Linear(7, 32), new ReLU(), new Linear(32, 1));
        public Tensor First { get; } = Init.Constant(Init.Parameter(1), -1.5);
        public Tensor Gaps { get; } = Init.Zeros(Init.Parameter(3));

        // [N, 7] -> logits of "better than grade 1, 2, 3, 4", [N, 4]
        protected override Tensor Compute(Tensor x) => Score.Forward(x) - Tensor.Cat([First, First + Functional.Softplus(Gaps).CumSum(0)]);
    }

    static void Run()
    {
        Rng.Seed(115);
        var random = new Random(115);
        var features = new float[1600, 7];
        var better = new float[1600, 4];
        var grades = new long[1600];
        for (var i = 0; i < 1600; i++)
        {
            for (var j = 0; j < 7; j++) features[i, j] = (float)random.Gaussian();
            var taste = features[i, 0] + Math.Abs(features[i, 1]) - 0.8 + 0.6 * features[i, 2] * (features[i, 3] > 0 ? 1 : -1) + 0.25 * random.Gaussian();
            grades[i] = 1 + new[] { -1.3, -0.4, 0.5, 1.4 }.Count(t => taste > t);
            for (var k = 0; k < 4; k++) better[i, k] = grades[i] > k + 1 ? 1 : 0;
        }
        using var data = new TensorDataset(Tensor.From(features), Tensor.From(better));
        using var train = data.Subset([.. Enumerable.Range(0, 1200)]);
        using var test = data.Subset([.. Enumerable.Range(1200, 400)]);
        using var model = new Ordinal();
        using var optimizer = new Adam(model.Parameters(), 1e-2);
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (x, y) in new Loader(train, 60, seed: epoch))
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                Loss.BceWithLogits(model.Forward(x), y).Backward();
                optimizer.Step();
            }

        model.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var off = (model.Forward(test.Inputs).Gt(0).Sum(1) - test.Targets.Sum(1)).Abs().Mean().Item<double>();
        Outcome.AtMost("grades off on average (1.1 for the middle grade)", off, 0.5);
    }
}
