using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class MultiLabelTags
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "multi-label-tags",
        About = "six yes/no labels at once, several may hold: one logit each with binary cross-entropy",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class Tagger : Module
    {
        public Linear Hidden { get; } = new(12, 64);
        public Linear Tags { get; } = new(64, 6);

        protected override Tensor Compute(Tensor x) => Tags.Forward(Functional.Gelu(Hidden.Forward(x)));
    }

    static void Run()
    {
        Rng.Seed(27);
        using var all = Scope.New();
        var x = Tensor.Randn([1600, 12]);
        var pairs = x.Narrow(1, 0, 6) + 0.8 * x.Narrow(1, 6, 6) * x.Narrow(1, 1, 6);
        using var data = new TensorDataset(x, pairs.Gt(0.3).To(DType.Float32));
        using var train = data.Subset([.. Enumerable.Range(0, 1200)]);
        using var test = data.Subset([.. Enumerable.Range(1200, 400)]);

        using var model = new Tagger();
        using var optimizer = new AdamW(model.Parameters(), lr: 5e-3);
        var losses = new List<double>();
        for (var epoch = 0; epoch < 15; epoch++)
        {
            model.Train();
            var sum = 0.0;
            var trainLoader = new Loader(train, 48, shuffle: true, seed: 100 + epoch);
            foreach (var (inputs, tags) in trainLoader)
            {
                using var scope = Scope.New();
                var loss = Loss.BceWithLogits(model.Forward(inputs), tags);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
                sum += loss.Item<double>() * tags.Size(0);
            }
            losses.Add(sum / train.Count);
        }

        model.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var right = model.Forward(test.Inputs).Gt(0).Eq(test.Targets.Gt(0.5));
        Outcome.AtMost("mean training loss of the last epoch", losses[^1], 0.35);
        Outcome.AtLeast("labels right", right.To(DType.Float32).Mean().Item<double>(), 0.83);
    }
}
