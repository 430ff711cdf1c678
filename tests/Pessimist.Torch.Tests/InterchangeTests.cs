using System.Diagnostics;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Tests;

public sealed class InterchangeTests
{
    const string Python = "/usr/bin/python3";

    [Fact]
    public void Weights_go_to_PyTorch_and_come_back()
    {
        if (!File.Exists(Python) || Run("-c", "import torch, numpy") is { Code: not 0 })
            Assert.Skip($"{Python} has no torch; 'apt-get install python3-torch' enables this test");
        var folder = Directory.CreateTempSubdirectory("pessimist-interchange-").FullName;
        try
        {
            using var scope = Scope.New();
            Rng.Seed(3);
            using var net = new Sequential(new Conv2d(1, 3, 3), new BatchNorm2d(3), new ReLU(), new Flatten(), new Linear(3 * 4 * 4, 5), new LayerNorm(5));
            var x = Tensor.Randn([2, 1, 6, 6]);
            net.Forward(x);
            net.Eval();
            Safetensors.Write(Path.Combine(folder, "weights.safetensors"), net.StateDict());
            Npz.Write(Path.Combine(folder, "weights.npz"), net.StateDict());
            Npy.Write(Path.Combine(folder, "input.npy"), x);

            var (code, error) = Run(Path.Combine(AppContext.BaseDirectory, "goldens", "interchange.py"), folder);
            code.ShouldBe(0, error);

            Npy.Read(Path.Combine(folder, "output.npy")).AllClose(net.Forward(x), 1e-5, 1e-6).ShouldBeTrue("the same weights give the same output");
            var expected = Npy.Read(Path.Combine(folder, "back_output.npy"));
            foreach (var state in new[] { Safetensors.Read(Path.Combine(folder, "back.safetensors")), Npz.Read(Path.Combine(folder, "back.npz")) })
            {
                Init.Zeros(net.StateDict()["0.weight"]);
                net.LoadStateDict(state);
                net.StateDict()["1.num_batches_tracked"].Item<long>().ShouldBe(7);
                net.Forward(x).AllClose(expected, 1e-5, 1e-6).ShouldBeTrue("PyTorch's weights give PyTorch's output");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_run_continues_from_files_as_if_nothing_had_happened()
    {
        using var scope = Scope.New();
        var file = Path.GetTempFileName();
        try
        {
            using var net = new Linear(3, 2);
            using var adam = new Adam(net.Parameters(), 0.1);
            var x = Tensor.Randn([5, 3]);
            Step(net, adam, x);
            Safetensors.Write(file, net.StateDict().Concat(adam.StateDict()));
            var saved = Safetensors.Read(file);
            Step(net, adam, x);

            using var again = new Linear(3, 2);
            again.LoadStateDict(saved.Where(s => !s.Key.Contains("state.") && !s.Key.Contains("group.") && s.Key != "momentum").ToDictionary());
            using var adamAgain = new Adam(again.Parameters(), 99);
            adamAgain.LoadStateDict(saved.Where(s => s.Key is not ("weight" or "bias")).ToDictionary());
            Step(again, adamAgain, x);
            again.Weight.ContentEquals(net.Weight).ShouldBeTrue();
            again.Bias!.ContentEquals(net.Bias!).ShouldBeTrue();
        }
        finally
        {
            File.Delete(file);
        }
    }

    static void Step(Linear net, Adam adam, Tensor x)
    {
        adam.ZeroGrad();
        net.Forward(x).Square().Sum().Backward();
        adam.Step();
    }

    static (int Code, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
