using System.Text.Json;
using Pessimist.Torch.Models;

namespace Pessimist.Cli.Tests.Commands;

public sealed class SynthCommandTests : IDisposable
{
    readonly ToolSession _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Writes_a_set_and_names_the_next_command()
    {
        var path = Path.Combine(_tool.Folder, "spirals.csv");
        _tool.Run("synth", "spirals", "--count", "30", "--classes", "3", "--output", path).ShouldBe(0, _tool.Error);
        _tool.Out.ShouldBe($"{path}: 30 examples of [2], 3 classes\n");
        _tool.Error.ShouldBe($"next: pessimist diagnose {path} --target label\n");
        File.ReadAllLines(path)[0].ShouldBe("x,y,label");
        File.ReadAllLines(path).Length.ShouldBe(31);
        _tool.Run("synth", "spirals", "--output", path).ShouldBe(2);
        _tool.Error.ShouldContain("exists");
        _tool.Run("synth", "spirals", "--output", path, "--force").ShouldBe(0);
    }

    [Fact]
    public void Several_letters_to_give_back_lead_to_a_choice_of_target()
    {
        var path = Path.Combine(_tool.Folder, "copy.npz");
        _tool.Run("synth", "copy", "--recall", "3", "--count", "20", "--output", path).ShouldBe(0, _tool.Error);
        _tool.Error.ShouldBe($"next: pessimist diagnose {path} --target label_1\n");
        var data = Pessimist.Data.DataReader.Read(path);
        data.Columns.Select(c => c.Name).ShouldBe(["label_1", "label_2", "label_3"]);
    }

    [Theory]
    [InlineData("there is no synthetic set 'spiral'; did you mean 'spirals'?", "synth", "spiral")]
    [InlineData("there is no synthetic set 'spirl'; did you mean 'spirals'?", "synth", "spirl")]
    [InlineData("there is no option '--out'; did you mean '--output'?", "synth", "spirals", "--out", "x.csv")]
    [InlineData("--count: '0' is not a whole number from 1", "synth", "spirals", "--count", "0")]
    [InlineData("--steps says nothing about spirals", "synth", "spirals", "--steps", "5")]
    [InlineData("there is no option '--cuont'; did you mean '--count'?", "synth", "spirals", "--cuont", "5")]
    [InlineData("synth needs SET", "synth")]
    [InlineData("--sequence-time t orders the steps of sequences, and nothing says which rows belong to one", "diagnose", "data.csv", "--sequence-time", "t")]
    [InlineData("--input: '3x' is not one to three sizes such as 20, 100x8 or 3x32x32", "models", "--input", "3x")]
    public void Mistakes_are_named(string message, params string[] args)
    {
        _tool.Run(args).ShouldBe(2);
        _tool.Error.ShouldContain(message);
    }

    [Fact]
    public void Help_tells_of_every_set()
    {
        _tool.Run("synth", "--help").ShouldBe(0);
        foreach (var name in (string[])["spirals", "blobs", "adding", "copy", "stripes", "shapes", "digits"]) _tool.Out.ShouldContain($"pessimist synth {name}");
    }

    [Fact]
    public void Without_an_input_every_model_is_listed_at_its_own()
    {
        _tool.Run("models", "--batch", "1").ShouldBe(0, _tool.Error);
        foreach (var model in ModelCatalog.All) _tool.Out.ShouldContain($"{model.Name,-12}{string.Join('x', model.Typical)} ");
    }

    [Fact]
    public void Lists_the_models_for_an_input_with_their_cost()
    {
        _tool.Run("models", "--input", "1x28x28", "--format", "json").ShouldBe(0, _tool.Error);
        using var json = JsonDocument.Parse(_tool.Out);
        var models = json.RootElement.GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m);
        models.Keys.ShouldBe(["linear", "mlp", "lenet", "resnet20"]);
        models["lenet"].GetProperty("parameters").GetInt64().ShouldBe(61_706);
        models["lenet"].GetProperty("step_bytes").GetInt64().ShouldBeGreaterThan(61_706 * 16);
        _tool.Run("models", "--input", "30x4").ShouldBe(0);
        _tool.Out.ShouldContain("lstm");
        _tool.Out.ShouldNotContain("lenet");
        _tool.Error.ShouldBe("next: pessimist diagnose DATA --model NAME\n");
    }
}
