using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class SkipGram
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "skip-gram-negative-sampling",
        About = "two embedding tables learn which token follows which in a Markov chain; log-sigmoid of true pairs against random ones",
        Half = Half.Report,
        Run = Run,
    };

    const int Vocabulary = 60, Negatives = 5;

    static void Run()
    {
        Rng.Seed(125);
        using var all = Scope.New();
        var tokens = Words.Chain(12_000, Vocabulary, followers: 3, seed: 125);
        var center = Tensor.From(tokens.AsSpan(0, tokens.Length - 1));
        var follower = Tensor.From(tokens.AsSpan(1));
        using var input = new Embedding(Vocabulary, 16);
        using var output = new Embedding(Vocabulary, 16);
        Init.Uniform(input.Weight, -0.1, 0.1);
        Init.Uniform(output.Weight, -0.1, 0.1);
        using var optimizer = new Adam([.. input.Parameters(), .. output.Parameters()], lr: 2e-2);
        for (var i = 0; i < 600; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 10_000, [128]);
            var v = input.Forward(center.IndexSelect(0, rows)); // [128, 16]
            var real = output.Forward(follower.IndexSelect(0, rows));
            var noise = output.Forward(Tensor.RandInt(0, Vocabulary, [128, Negatives])); // [128, 5, 16]
            var positive = Functional.LogSigmoid((v * real).Sum(1));
            var negative = Functional.LogSigmoid(-noise.MatMul(v.Unsqueeze(2))).Sum([1, 2]);
            var loss = -(positive + negative).Mean();
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }

        using var noGrad = Autograd.NoGrad();
        var scores = input.Weight.MatMul(output.Weight.T()); // [from, to]
        var top = scores.TopK(5, 1).Indices;
        var held = top.IndexSelect(0, center[10_000..]).Eq(follower[10_000..].Unsqueeze(1)).Any(1);
        Outcome.AtLeast("next token among the five best (0.08 by chance)", held.To(DType.Float32).Mean().Item<double>(), 0.6);
    }
}
