using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class WavesTruncatedBptt
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "waves-rnn-truncated-bptt",
        About = "hand-written Elman network predicts the next value of a series; runs through it in order, the state is carried over and detached",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class Rnn(int width) : Module
    {
        public Linear FromInput { get; } = new(1, width);
        public Linear FromState { get; } = new(width, width, bias: false);
        public Linear Readout { get; } = new(width, 1);

        /// <param name="input">[batch, time, 1]</param>
        public (Tensor Outputs, Tensor State) Run(Tensor input, Tensor state)
        {
            var drive = FromInput.Forward(input);
            List<Tensor> states = [];
            foreach (var now in drive.Unbind(1))
                states.Add(state = Functional.Tanh(now + FromState.Forward(state)));
            return (Readout.Forward(Tensor.Stack([.. states], 1)), state);
        }

        protected override Tensor Compute(Tensor input) => Run(input, Tensor.Zeros([input.Size(0), width])).Outputs;
    }

    static void Run()
    {
        Rng.Seed(6);
        const int Streams = 8, Length = 161, Chunk = 20;
        using var all = Scope.New();
        var series = Tensor.From(Series.Waves(Streams * Length, 0.05, seed: 6), Streams, Length, 1);
        using var rnn = new Rnn(24);
        using var optimizer = new Adam(rnn.Parameters(), 1e-2);

        for (var epoch = 0; epoch < 12; epoch++)
        {
            var state = Tensor.Zeros([Streams, 24]);
            for (var t = 0; t + Chunk < Length; t += Chunk)
            {
                using var step = Scope.New();
                var (predicted, next) = rnn.Run(series.Narrow(1, t, Chunk), state);
                var loss = Loss.Mse(predicted, series.Narrow(1, t + 1, Chunk));
                optimizer.ZeroGrad();
                loss.Backward();
                GradientClip.ByNorm(rnn.Parameters(), 1);
                optimizer.Step();
                // The past stays as it was: gradients reach back one chunk at most.
                state = step.MoveOut(next.Detach());
            }
        }

        rnn.Eval();
        using var noGrad = Autograd.NoGrad();
        var fresh = Tensor.From(Series.Waves(300, 0.05, seed: 60), 1, 300, 1);
        var error = Loss.Mse(rnn.Forward(fresh.Narrow(1, 0, 299)).Narrow(1, 20, 279), fresh.Narrow(1, 21, 279));
        Outcome.AtMost("error of the next value (variance 0.85)", error.Item<double>(), 0.05);
    }
}
