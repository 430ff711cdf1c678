using Pessimist.Diagnosis;
using Pessimist.Engine.Watching;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Tests.Guides;

static class Snippets
{
    public static void SaveAndLoad(string folder)
    {
        using var scope = Scope.New();
        using var net = new LeNet(outputs: 10);
        var file = Path.Combine(folder, "lenet.safetensors");
        // <save and load>
        Safetensors.Write(file, net.StateDict());

        using var other = new LeNet(outputs: 10);
        other.LoadStateDict(Safetensors.Read(file)); // names every entry that is missing or of another shape
        // </save and load>
        other.Parameters()[0].ToArray<float>().ShouldBe(net.Parameters()[0].ToArray<float>());
    }

    public static IReadOnlyList<string> Watch()
    {
        using var outer = Scope.New();
        Rng.Seed(0);
        using var net = new Sequential(new Linear(4, 64), new ReLU(), new Linear(64, 3), new Softmax(1));
        using var optimizer = new Adam(net.Parameters(), lr: 1e-2);
        var (x, y) = (Tensor.Randn([64, 4]), Tensor.RandInt(0, 3, [64]));
        List<string> printed = [];
        // <watch>
        var run = new Run();
        using (Probe.Attach(net, optimizer, run))
            for (var step = 0; step < 100; step++)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(x), y);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
            }

        foreach (var finding in Diagnose.Everything(run).Findings)
            Print($"{finding.Level} {finding.Code}: {finding.Message} ({finding.Location?.File}:{finding.Location?.Line})");
        // </watch>
        return printed;

        void Print(string line) => printed.Add(line);
    }
}

// <custom module>
/// <summary>x + W₂ relu(W₁ norm(x)), scaled by a learned number.</summary>
sealed class Block(int width) : Module
{
    public LayerNorm Norm { get; } = new(width); // norm.weight and norm.bias
    public Linear Fc1 { get; } = new(width, 4 * width); // fc1.weight and fc1.bias
    public Linear Fc2 { get; } = new(4 * width, width);
    public Tensor Scale { get; } = Init.Ones(Init.Parameter(1)); // a parameter: scale

    protected override Tensor Compute(Tensor input) // [N, width] -> [N, width]
    {
        var x = Functional.Relu(Fc1.Forward(Norm.Forward(input))); // [N, 4 * width]
        return input + Fc2.Forward(x) * Scale;
    }
}
// </custom module>
