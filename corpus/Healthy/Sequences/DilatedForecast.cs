using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class DilatedForecast
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "mackey-glass-dilated-convolutions",
        About = "causal dilated convolutions forecast a chaotic series; batches come in the order of time, the last part is held out",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Causal(int from, int to, int dilation) : Module
    {
        public Conv1d Conv { get; } = new(from, to, 2, dilation: dilation);

        protected override Tensor Compute(Tensor x) => Functional.Relu(Conv.Forward(x.Pad([dilation, 0])));
    }

    static void Run()
    {
        Rng.Seed(124);
        using var all = Scope.New();
        var (past, next) = Series.Windows(Series.MackeyGlass(1500, seed: 124), 16);
        var inputs = past.Unsqueeze(1); // [N, 1, 16]
        using var train = new TensorDataset(inputs[..1200].Clone(), next[..1200].Clone());
        using var net = new Sequential(
            new Causal(1, 16, 1), new Causal(16, 16, 2), new Causal(16, 16, 4), new Causal(16, 16, 8),
            new Conv1d(16, 1, 1));
        using var optimizer = new Adam(net.Parameters(), 3e-3);
        var loader = new Loader(train, 40, shuffle: false);
        for (var epoch = 0; epoch < 12; epoch++)
        {
            net.Train();
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                var forecast = net.Forward(x).Select(2, 15); // [N, 1]
                var loss = Loss.SmoothL1(forecast, y, beta: 0.5);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
            }
        }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var error = Loss.Mse(net.Forward(inputs[1220..]).Select(2, 15), next[1220..]).Item<double>();
        Outcome.AtMost("error on later times, as a share of the variance", error / next[1220..].Var().Item<double>(), 0.1);
    }
}
