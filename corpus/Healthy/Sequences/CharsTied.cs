using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class CharsTied
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "sentences-tied-character-model",
        About = "next letter from the last ten (after Bengio 2003); the output layer is the embedding table itself",
        Half = Half.Tune,
        Run = Run,
    };

    const int Context = 10, Width = 24;

    sealed class CharModel(int letters) : Module
    {
        public Embedding Letters { get; } = new(letters, Width);
        public Linear Hidden { get; } = new(Context * Width, 96);
        public Linear ToLetter { get; } = new(96, Width);
        public Tensor Bias { get; } = Init.Zeros(Init.Parameter(letters));

        protected override Tensor Compute(Tensor ids)
        {
            var h = Functional.Relu(Hidden.Forward(Letters.Forward(ids).Flatten(1)));
            return Functional.Linear(ToLetter.Forward(h) / Math.Sqrt(Width), Letters.Weight, Bias);
        }
    }

    static void Run()
    {
        Rng.Seed(37);
        using var all = Scope.New();
        var (ids, alphabet) = Words.Letters(6000, seed: 37);
        var windows = ids.Length - Context;
        var x = Tensor.From([.. Enumerable.Range(0, windows).SelectMany(i => ids[i..(i + Context)])], windows, Context);
        var y = Tensor.From(ids.AsSpan(Context));
        var train = windows * 4 / 5;
        using var model = new CharModel(alphabet.Length);
        using var adam = new Adam(model.Parameters(), lr: 5e-3);
        for (var i = 0; i < 350; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, train, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(model.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        // Which word comes next is chance, how it goes on is not. Letters alone have 2.7 nats.
        Outcome.AtMost("nats per letter", Loss.CrossEntropy(model.Forward(x[train..]), y[train..]).Item<double>(), 1.1);
    }
}
