using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class BagOfWords
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "topics-bag-of-words",
        About = "documents as word counts, nine in ten of them zero; one hidden layer, five topics",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(30);
        const int Vocabulary = 300;
        using var all = Scope.New();
        var (counts, topics) = Words.Documents(1500, Vocabulary, 5, length: 40, seed: 30);
        using var documents = new TensorDataset(counts.Log1p(), topics);
        using var train = documents.Subset([.. Enumerable.Range(0, 1100)]);
        using var valid = documents.Subset([.. Enumerable.Range(1100, 400)]);
        using var net = new Sequential(new Linear(Vocabulary, 32), new ReLU(), new Dropout(0.3), new Linear(32, 5));
        using var adam = new Adam(net.Parameters(), 5e-3);
        var loader = new Loader(train, 50, seed: 30);
        var best = 0.0;
        for (var epoch = 0; epoch < 8; epoch++)
        {
            net.Train();
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
            net.Eval();
            using var quiet = Autograd.NoGrad();
            best = Math.Max(best, net.Forward(valid.Inputs).ArgMax(1).Eq(valid.Targets).To(DType.Float32).Mean().Item<double>());
        }
        Outcome.AtLeast("best validation accuracy", best, 0.8);
    }
}
