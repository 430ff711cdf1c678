using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class TaggerVariableLength
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "tagger-accumulates-sentences",
        About = "tags 1 to 4, mapped to 0 to 3, of sentences of any length, one at a time; summed NLL after log-softmax is added up over twelve sentences and divided by their tokens",
        Half = Half.Report,
        Run = Run,
    };

    const int Vocabulary = 20;

    sealed class Tagger : Module
    {
        public Embedding Embed { get; } = new(Vocabulary, 20);
        public Conv1d Window { get; } = new(20, 40, 3, padding: 1);
        public Linear Tags { get; } = new(40, 4);

        // [T] -> log-probabilities, [T, 4]
        protected override Tensor Compute(Tensor sentence)
        {
            var h = Window.Forward(Embed.Forward(sentence).T().Unsqueeze(0)).Squeeze(0).T();
            return Functional.LogSoftmax(Tags.Forward(Functional.Relu(h)), 1);
        }
    }

    static (long[] Words, int[] Tags)[] Corpus(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var words = Enumerable.Range(0, random.Next(3, 15)).Select(_ => (long)random.Next(Vocabulary)).ToArray();
            // A word's tag depends on its half of the vocabulary and on the half of the word before it.
            var tags = words.Select((w, i) => 1 + (w >= 10 ? 2 : 0) + (i > 0 && words[i - 1] % 2 == 1 ? 1 : 0)).ToArray();
            return (words, tags);
        })];
    }

    static void Run()
    {
        Rng.Seed(126);
        var train = Corpus(240, 126);
        using var model = new Tagger();
        using var adam = new Adam(model.Parameters(), lr: 1e-2);
        for (var epoch = 0; epoch < 5; epoch++)
        {
            new Random(epoch).Shuffle(train);
            foreach (var group in train.Chunk(12))
            {
                adam.ZeroGrad();
                var tokens = group.Sum(s => s.Words.Length);
                foreach (var (words, tags) in group)
                {
                    using var scope = Scope.New();
                    var target = Tensor.From([.. tags.Select(t => t - 1L)]);
                    var loss = Loss.Nll(model.Forward(Tensor.From(words)), target, reduction: Reduction.Sum) / tokens;
                    loss.Backward();
                }
                adam.Step();
            }
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        using var end = Scope.New();
        var test = Corpus(60, 127);
        var right = test.Sum(s => model.Forward(Tensor.From(s.Words)).ArgMax(1).ToArray<long>().Zip(s.Tags, (p, t) => p + 1 == t ? 1 : 0).Sum());
        Outcome.AtLeast("tags right", (double)right / test.Sum(s => s.Tags.Length), 0.9);
    }
}
