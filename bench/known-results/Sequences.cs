using Pessimist.Data.Synthetic;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.KnownResultsBench;

/// <summary>Tasks of memory, drawn anew for every step, judged on 1,000 sequences that were never trained on.</summary>
static class Sequences
{
    const int TestCount = 1000;
    const int TestSeed = 1_000_000;
    const int Batch = 50;
    const int Say = 500;

    /// <summary>The adding problem; stops as soon as the training loss has stayed below <paramref name="goal"/>.</summary>
    public static Measured Adding(string task, string model, int steps, int most, double goal, int seed, Limit limit, string published)
    {
        Rng.Seed(seed);
        using Module network = model == "lstm" ? new LstmModel(2, 64, 1) : new Tcn(2, steps, 1, channels: 30, kernelSize: 7);
        using var adam = new Adam(network.Parameters(), 2e-3);
        (Tensor, Tensor) Draw(int count, int draw)
        {
            var data = SyntheticSet.Find("adding").Make(new SyntheticOptions { Count = count, Seed = draw, Steps = steps });
            return (Tensor.From(data.Inputs, count, steps, 2), Tensor.From(data.Targets, count, 1));
        }

        var done = Train(task, network, adam, most, goal, seed, limit, Draw, (x, y) => Loss.Mse(x, y));
        var value = Judge(network, Draw, (x, y) => Loss.Mse(x, y));
        return new Measured(task, FormattableString.Invariant($"{model.ToUpperInvariant()}, {network.ParameterCount:N0} parameters, Adam 2e-3, gradients clipped at 1, batch {Batch}, T = {steps}, {done} steps"), "test MSE", value, null, null,
            TestCount, seed, limit.Seconds, done, most, value < goal || done == most, published);
    }

    /// <summary>Copy memory: 10 letters, a pause of T steps, 10 steps to give them back; the loss is the mean over all T + 20 steps.</summary>
    public static Measured Copy(string task, string model, int pause, int most, int seed, Limit limit, string published)
    {
        const int Letters = 10;
        Rng.Seed(seed);
        var steps = pause + 2 * Letters;
        using Module network = new PerStep(model == "lstm" ? new LSTM(Letters, 64) : null, model == "lstm" ? [] : Blocks(Letters, 16, 8, steps), model == "lstm" ? 64 : 16, Letters);
        using var adam = new Adam(network.Parameters(), 2e-3);
        (Tensor, Tensor) Draw(int count, int draw)
        {
            var data = SyntheticSet.Find("copy").Make(new SyntheticOptions { Count = count, Seed = draw, Steps = pause, Symbols = Letters, Recall = Letters });
            // Blank until the sign, then the letters: class 8 is the blank.
            var targets = new long[count * steps];
            Array.Fill(targets, 8);
            for (var i = 0; i < count; i++)
                for (var t = 0; t < Letters; t++) targets[i * steps + steps - Letters + t] = (long)data.Target(i)[t];
            return (Tensor.From(data.Inputs, count, steps, Letters), Tensor.From(targets));
        }

        var chance = Letters * Math.Log(8) / steps;
        var done = Train(task, network, adam, most, chance / 1000, seed, limit, Draw, (x, y) => Loss.CrossEntropy(x, y));
        var value = Judge(network, Draw, (x, y) => Loss.CrossEntropy(x, y));
        return new Measured(task, FormattableString.Invariant($"{model.ToUpperInvariant()}, {network.ParameterCount:N0} parameters, Adam 2e-3, gradients clipped at 1, batch {Batch}, T = {pause} (knowing nothing costs {chance:0.0000}), {done} steps"),
            "test loss", value, null, null, TestCount, seed, limit.Seconds, done, most, value < chance / 100 || done == most, published);
    }

    static int Train(string task, Module network, Adam adam, int most, double goal, int seed, Limit limit, Func<int, int, (Tensor, Tensor)> draw, Func<Tensor, Tensor, Tensor> loss)
    {
        var (mean, done) = (double.NaN, 0);
        while (done < most && !limit.Over)
        {
            using var scope = Scope.New();
            var (x, y) = draw(Batch, seed * 10_000_000 + TestSeed + 1 + done);
            adam.ZeroGrad();
            var value = loss(network.Forward(x), y);
            value.Backward();
            GradientClip.ByNorm(network.Parameters(), 1);
            adam.Step();
            var now = value.Item<float>();
            mean = done == 0 ? now : 0.99 * mean + 0.01 * now;
            done++;
            if (done % Say == 0) Console.Error.WriteLine(FormattableString.Invariant($"{task}: step {done} of {most}, training loss {mean:0.00000}, {limit.Seconds:0} s"));
            if (mean < goal / 2) break;
        }

        return done;
    }

    static double Judge(Module network, Func<int, int, (Tensor, Tensor)> draw, Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        network.Eval();
        var (x, y) = draw(TestCount, TestSeed);
        return loss(network.Forward(x), y).Item<float>();
    }

    static List<Module> Blocks(int inputs, int channels, int window, int steps)
    {
        List<Module> blocks = [];
        for (var (dilation, sees) = (1, 1L); sees < steps; dilation *= 2)
        {
            blocks.Add(new TemporalBlock(blocks.Count == 0 ? inputs : channels, channels, window, dilation));
            sees += 2L * (window - 1) * dilation;
        }

        return blocks;
    }
}

/// <summary>An LSTM or temporal blocks with an answer at every step: [N, T, inputs] to [N · T, outputs].</summary>
sealed class PerStep(LSTM? lstm, List<Module> blocks, int width, int outputs) : Module
{
    public LSTM? Lstm { get; } = lstm;
    public Sequential Blocks { get; } = new([.. blocks]);
    public Linear Fc { get; } = new(width, outputs);

    protected override Tensor Compute(Tensor input)
    {
        var hidden = Lstm is { } recurrent ? recurrent.Forward(input) : Blocks.Forward(input.Transpose(1, 2)).Transpose(1, 2);
        return Fc.Forward(hidden.Reshape(-1, hidden.Shape[2]));
    }
}
