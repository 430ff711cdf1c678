using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>A recurrent network that runs along the wrong axis.</summary>
static class Sequences
{
    public static CorpusProgram TimeFirst { get; } = Fault.Report(
        "time-first-into-batch-first", "letters as [T, N] for a recurrent model that expects [N, T]", Letters, ["PES213", "PES205"]); // a recurrence over the batch mixes examples

    sealed class LetterModel(int letters) : Module
    {
        readonly Embedding _letters = new(letters, 12);
        readonly Linear _update = new(12 + 24, 24), _candidate = new(12 + 24, 24), _next = new(24, letters);

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            var e = _letters.Forward(input);
            var state = Tensor.Zeros([input.Size(0), 24]);
            var outputs = new List<Tensor>();
            for (var t = 0; t < input.Size(1); t++)
            {
                var both = Tensor.Cat([e.Select(1, t), state], 1);
                var gate = Functional.Sigmoid(_update.Forward(both));
                state = gate * state + (1 - gate) * Functional.Tanh(_candidate.Forward(both));
                outputs.Add(_next.Forward(state));
            }
            return Tensor.Stack([.. outputs], 1); // [N, T, K]
        }
    }

    static double Letters(bool mended)
    {
        Rng.Seed(271);
        const int Length = 16;
        var (ids, alphabet) = Words.Letters(6001, seed: 21);
        var count = 6000 / Length;
        var x = Tensor.From(ids.AsSpan(0, count * Length), count, Length);
        var y = Tensor.From(ids.AsSpan(1, count * Length), count, Length);
        using var net = new LetterModel(alphabet.Length);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        Tensor Scores(Tensor rows) => mended ? net.Forward(rows) : net.Forward(rows.T()).Transpose(0, 1);

        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, count - 60, [24]);
            var loss = Loss.CrossEntropy(Scores(x.IndexSelect(0, rows)).Flatten(0, 1), y.IndexSelect(0, rows).Flatten());
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(Scores(x[(count - 60)..]).Flatten(0, 1), y[(count - 60)..].Flatten());
    }
}
