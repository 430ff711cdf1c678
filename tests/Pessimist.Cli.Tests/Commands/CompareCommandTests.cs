using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Pessimist.Engine.Comparing;
using Pessimist.Tests;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Serialization;

namespace Pessimist.Cli.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    readonly ToolSession _session = new();
    readonly Scope _scope = Scope.New();

    public void Dispose()
    {
        _scope.Dispose();
        _session.Dispose();
    }

    string Path(string name) => System.IO.Path.Combine(_session.Folder, name);

    /// <summary>Writes weights, and what the network with them computes.</summary>
    Dictionary<string, Tensor> Record()
    {
        Rng.Seed(1);
        var network = new LeNet(10);
        Safetensors.Write(Path("w.safetensors"), network.StateDict());
        var input = Tensor.Randn([3, 1, 28, 28]);
        var arrays = new Dictionary<string, Tensor> { ["input"] = input };
        using var run = new ModuleImplementation("", network);
        foreach (var call in run.Run(input)) arrays[call.Path] = call.Output.Clone();
        Npz.Write(Path("reference.npz"), arrays);
        return arrays;
    }

    [Fact]
    public void Agreement_exits_with_0_and_shows_the_table()
    {
        Record();
        _session.Run("compare", $"lenet:{Path("w.safetensors")}", Path("reference.npz")).ShouldBe(0, _session.Error);

        _session.Out.ShouldContain("conv1    [3, 6, 28, 28]                0           0  bit-identical");
        _session.Out.ShouldContain("all 13 layers that were paired agree");
    }

    [Fact]
    public void A_difference_exits_with_1_and_names_layer_reason_and_help()
    {
        var arrays = Record();
        arrays["conv2"] = -arrays["conv2"];
        Npz.Write(Path("reference.npz"), arrays);
        _session.Run("compare", $"lenet:{Path("w.safetensors")}", Path("reference.npz")).ShouldBe(1, _session.Error);

        _session.Out.ShouldContain("error[PES911]: the output of conv2 differs from");
        _session.Out.ShouldContain("the output of conv2 has the opposite sign   confirmed");
        _session.Out.ShouldContain("= confirmed: with its sign turned, not a bit of difference is left");
        _session.Error.ShouldStartWith("next: ");
    }

    [Fact]
    public void Json_holds_layers_first_difference_and_reason()
    {
        var arrays = Record();
        arrays["conv2"] = -arrays["conv2"];
        Npz.Write(Path("reference.npz"), arrays);
        _session.Run("compare", $"lenet:{Path("w.safetensors")}", Path("reference.npz"), "--json").ShouldBe(1);

        using var json = JsonDocument.Parse(_session.Out);
        json.RootElement.GetProperty("verdict").GetString().ShouldBe("differ");
        json.RootElement.GetProperty("first_difference").GetString().ShouldBe("conv2");
        json.RootElement.GetProperty("reason").GetProperty("name").GetString().ShouldBe("flipped-sign");
        json.RootElement.GetProperty("layers").GetArrayLength().ShouldBe(13);
        _session.Error.ShouldBe("");
    }

    [Fact]
    public void Two_networks_are_run_on_a_random_input_of_the_given_shape()
    {
        Record();
        var network = $"lenet:{Path("w.safetensors")}";
        _session.Run("compare", network, "lenet", "--weights-b", Path("w.safetensors"), "--shape", "2x1x28x28", "--seed", "5").ShouldBe(0, _session.Error);

        _session.Out.ShouldContain("[2, 1, 28, 28] drawn from a normal distribution, seed 5");
        _session.Out.ShouldContain("weights: all 10 agree, to the last bit");
    }

    [Fact]
    public void TorchScript_files_are_run()
    {
        var script = System.IO.Path.Combine(Snapshot.RepositoryRoot(), "tests", "Pessimist.Torch.Tests", "goldens", "sequence.ts");
        _session.Run("compare", script, script).ShouldBe(2);
        _session.Error.ShouldContain("give the shape of an input");
        using var network = Pessimist.Torch.Scripting.ScriptModule.Load(script);
        var features = network.NamedParameters().First(p => p.Parameter.Rank == 2).Parameter.Shape[1];
        _session.Run("compare", script, script, "--shape", $"2x5x{features}").ShouldBe(0, _session.Error);
        _session.Out.ShouldContain("bit-identical");
    }

    [Theory]
    [InlineData("lenet:", "names no file of weights")]
    [InlineData("lenett:w.safetensors", "did you mean 'lenet'?")]
    [InlineData("lenet:v.safetensors", "there is no file 'v.safetensors'")]
    [InlineData("lenet", "lenet needs weights")]
    [InlineData("nowhere/a.npz", "the folder 'nowhere' does not exist")]
    public void A_wrong_word_exits_with_2_and_says_what_to_do(string word, string message)
    {
        Record();
        _session.Run("compare", word, Path("reference.npz")).ShouldBe(2);

        _session.Error.ShouldContain(message);
        _session.Error.ShouldContain("help: ");
    }

    [Fact]
    public void Weights_of_another_network_are_refused_by_name_and_shape()
    {
        var arrays = Record();
        using var network = new LeNet(10);
        var state = new Dictionary<string, Tensor>(network.StateDict()) { ["fc1.weight"] = network.Fc1.Weight.T().Contiguous() };
        Safetensors.Write(Path("turned.safetensors"), state);
        _session.Run("compare", $"lenet:{Path("turned.safetensors")}", Path("reference.npz")).ShouldBe(2);

        arrays.ShouldNotBeEmpty();
        _session.Error.ShouldContain("fc1.weight is float32[400, 120], and float32[120, 400] is needed: the same sizes in another order, as a transposed weight has them");
    }

    [Fact]
    public void Pickles_are_never_opened()
    {
        Record();
        using (var zip = new ZipArchive(File.Create(Path("objects.npz")), ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("conv1.npy").Open())
        {
            var header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".PadRight(117) + "\n";
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0x80]);
        }

        File.WriteAllBytes(Path("model.pkl"), [0x80, 2]);
        _session.Run("compare", Path("objects.npz"), Path("reference.npz")).ShouldBe(2);
        _session.Error.ShouldContain("pickled Python objects, which are never loaded");
        _session.Run("compare", Path("model.pkl"), Path("reference.npz")).ShouldBe(2);
        _session.Error.ShouldContain("is a pickle of Python objects (torch.save)");
    }
}
