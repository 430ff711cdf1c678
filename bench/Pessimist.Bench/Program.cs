using System.Diagnostics;
using System.Globalization;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

// One training step of Pessimist.Torch, timed on request: a line "model batch steps" on standard input is answered with the
// nanoseconds of one step. bench/step_time.py asks, and takes turns with PyTorch.
Threads.Count = int.Parse(args[0], CultureInfo.InvariantCulture);
Rng.Seed(1);
var trainings = new Dictionary<string, Action>();
Console.WriteLine($"{Torch.Version} {Environment.Version}");
while (Console.ReadLine() is { } line)
{
    var words = line.Split(' ');
    var (model, batch, steps) = (words[0], int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    if (!trainings.TryGetValue($"{model} {batch}", out var step)) trainings[$"{model} {batch}"] = step = Training(model, batch);
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < steps; i++) step();
    Console.WriteLine((Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps).ToString("F0", CultureInfo.InvariantCulture));
}

static Action Training(string model, int batch)
{
    Module net = model == "mlp" ? new Mlp(64, 128, 10) : new LeNet(10);
    var adam = new Adam(net.Parameters());
    var x = Tensor.Randn(model == "mlp" ? [batch, 64] : [batch, 1, 28, 28]);
    var y = Tensor.RandInt(0, 10, [batch]);
    return () =>
    {
        using var scope = Scope.New();
        adam.ZeroGrad();
        Loss.CrossEntropy(net.Forward(x), y).Backward();
        adam.Step();
    };
}
