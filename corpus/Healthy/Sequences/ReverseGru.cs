using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class ReverseGru
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "reverse-gru-encoder-decoder",
        About = "hand-written GRUs read five tokens and say them backwards; teacher forcing in training, its own words in testing",
        Half = Half.Report,
        Run = Run,
    };

    const int Tokens = 8, Length = 5, Width = 64;

    sealed class GruCell(int inputs) : Module
    {
        public Linear Gates { get; } = new(inputs + Width, 2 * Width);
        public Linear Candidate { get; } = new(inputs + Width, Width);

        public Tensor Next(Tensor x, Tensor h)
        {
            var gates = Functional.Sigmoid(Gates.Forward(Tensor.Cat([x, h], 1))).Chunk(2, 1);
            var candidate = Functional.Tanh(Candidate.Forward(Tensor.Cat([x, gates[0] * h], 1)));
            return (1 - gates[1]) * h + gates[1] * candidate;
        }

        protected override Tensor Compute(Tensor x) => Next(x, Tensor.Zeros([x.Size(0), Width]));
    }

    sealed class Seq2Seq : Module
    {
        public Embedding Embed { get; } = new(Tokens, 16);
        public GruCell Encoder { get; } = new(16);
        public GruCell Decoder { get; } = new(16);
        public Linear Out { get; } = new(Width, Tokens);

        public Tensor Run(Tensor source, Tensor? spoken)
        {
            var h = Tensor.Zeros([source.Size(0), Width]);
            foreach (var x in Embed.Forward(source).Unbind(1)) h = Encoder.Next(x, h);
            // Token 0 begins every answer.
            var word = Tensor.Zeros([source.Size(0)], DType.Int64);
            List<Tensor> logits = [];
            for (var t = 0; t < Length; t++)
            {
                h = Decoder.Next(Embed.Forward(word), h);
                logits.Add(Out.Forward(h));
                word = spoken is null ? logits[^1].ArgMax(1) : spoken.Select(1, t);
            }
            return Tensor.Stack([.. logits], 1);
        }

        protected override Tensor Compute(Tensor source) => Run(source, null);
    }

    static void Run()
    {
        Rng.Seed(123);
        using var all = Scope.New();
        var sequences = Words.Uniform(4000, Length, Tokens, seed: 123);
        using var model = new Seq2Seq();
        using var adam = new Adam(model.Parameters(), lr: 6e-3);
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var source = sequences.IndexSelect(0, Tensor.RandInt(0, 3500, [64]));
            var target = source.Flip(1);
            var logits = model.Run(source, target);
            var loss = Loss.CrossEntropy(logits.Reshape(-1, Tokens), target.Reshape(-1));
            model.ZeroGrad();
            loss.Backward();
            GradientClip.ByValue(model.Parameters(), 0.5);
            adam.Step();
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var fresh = sequences[3500..];
        Outcome.AtLeast("tokens right", model.Forward(fresh).ArgMax(2).Eq(fresh.Flip(1)).To(DType.Float32).Mean().Item<double>(), 0.8);
    }
}
