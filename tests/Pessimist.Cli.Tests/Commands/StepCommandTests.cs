using System.Globalization;

namespace Pessimist.Cli.Tests.Commands;

public sealed class StepCommandTests : IDisposable
{
    readonly ToolSession _session = new();

    public StepCommandTests() =>
        File.WriteAllLines(_session.Data, ["a,b,label", .. Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 7},{i * 3 % 11},{(i % 2 == 0 ? "x" : "y")}"))]);

    public void Dispose() => _session.Dispose();

    int Step(params string[] words) => _session.Run(["step", "--data", _session.Data, "--target", "label", .. words]);

    string[] Lines => _session.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void The_trace_has_a_line_for_each_operation_forward_and_back()
    {
        Step("--model", "mlp", "--batch", "8", "--trace").ShouldBe(ExitCodes.Ok, _session.Error);
        Lines.Length.ShouldBe(9);
        Lines[1].ShouldStartWith("   2 forward  layers.1           linear               #1 float32[8, 2], layers.1.weight float32[128, 2], layers.1.bias float32[128] -> #2 float32[8, 128]  min -");
        Lines[4].ShouldContain("loss");
        Lines[8].ShouldStartWith("   9 backward layers.1           linear               grad #2 float32[8, 128] -> grad layers.1.weight float32[128, 2], grad layers.1.bias float32[128]");
        Lines.ShouldAllBe(l => l.EndsWith("NaN/Inf 0", StringComparison.Ordinal));
        _session.Error.ShouldContain("mlp, 642 parameters, on 8 training examples of");
        _session.Error.ShouldContain("cross-entropy of 2 classes; training mode");
    }

    [Fact]
    public void A_condition_that_holds_ends_the_trace_there_with_1()
    {
        Step("--model", "mlp", "--trace", "--until", "op=relu").ShouldBe(ExitCodes.Findings);
        Lines.Length.ShouldBe(3);
        Lines[^1].ShouldContain("relu");
        _session.Error.ShouldContain("'op=relu' holds here");
        Step("--model", "mlp", "--trace", "--until", "nonfinite").ShouldBe(ExitCodes.Ok);
        Lines.Length.ShouldBe(9);
        Step("--model", "mlp", "--trace", "--until", "op=rely").ShouldBe(ExitCodes.Ok);
        _session.Error.ShouldContain("'op=rely' never holds; did you mean 'relu'?");
    }

    [Fact]
    public void Commands_come_from_a_file()
    {
        var commands = Path.Combine(_session.Folder, "commands");
        File.WriteAllLines(commands, ["into", "until layer=layers.3", "print 0,:2", "quit", "next"]);
        Step("--model", "mlp", "--commands", commands).ShouldBe(ExitCodes.Ok, _session.Error);
        _session.Out.ShouldStartWith("1-4/9  forward  (network)  Mlp  made at ");
        _session.Out.ShouldContain("(step) until layer=layers.3\n4/9  forward  layers.3  Linear");
        _session.Out.ShouldContain("#4 float32[32, 2] [0,:2] = [2]");
        _session.Out.ShouldEndWith("(step) quit\n");
    }

    [Fact]
    public void A_pass_that_fails_is_printed_up_to_there_and_ends_with_3()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "net.ts");
        Step("--model", script, "--trace").ShouldBe(3);
        Lines[^1].ShouldContain("inp                linear               input float32[32, 2], inp.weight float32[4, 3], inp.bias float32[4] -> failed: ");
        _session.Error.ShouldContain("error: the pass failed: ");
        _session.Error.ShouldContain("mat1 and mat2 shapes cannot be multiplied (32x2 and 3x4) (linear.py:114 in forward)");
        _session.Error.ShouldContain("help: examples come in as [2]; --shape gives them another shape");
    }

    [Fact]
    public void A_network_from_Python_is_walked_with_its_gradients()
    {
        File.WriteAllLines(_session.Data, ["a,b,c,label", .. Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 7},{i * 3 % 11},{i % 5},{(i % 2 == 0 ? "x" : "y")}"))]);
        Step("--model", Path.Combine(AppContext.BaseDirectory, "net.ts"), "--trace", "--eval").ShouldBe(ExitCodes.Ok, _session.Error);
        Lines.ShouldContain(l => l.Contains("forward  blocks.1.norm      batch_norm", StringComparison.Ordinal));
        Lines.ShouldContain(l => l.Contains("grad blocks.0.fc.weight float32[4, 4]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("there is no network 'mlpp'; did you mean 'mlp'?", "--model", "mlpp", "--trace")]
    [InlineData("there is no file 'nowhere.ts'", "--model", "nowhere.ts", "--trace")]
    [InlineData("there is no terminal to step in\nhelp: use --trace to print the whole walk, or --commands FILE (- for standard input)", "--model", "mlp")]
    [InlineData("takes no --commands", "--trace", "--commands", "-")]
    [InlineData("--model lenet needs pictures of at least 4 x 4", "--model", "lenet", "--trace")]
    [InlineData("--shape 1x8x8 has 64 numbers, and an example of", "--shape", "1x8x8", "--trace")]
    [InlineData("--loss mse needs numbers, and the target has 2 classes", "--loss", "mse", "--trace")]
    [InlineData("--until: 'nonfinit' is no condition; did you mean 'nonfinite'?", "--until", "nonfinit", "--trace")]
    [InlineData("--weights: '/nowhere' cannot be read", "--weights", "/nowhere", "--trace")]
    [InlineData("--commands: '/nowhere' cannot be read", "--commands", "/nowhere")]
    public void What_cannot_be_walked_is_refused(string message, params string[] words)
    {
        Step(words).ShouldBe(ExitCodes.Usage);
        _session.Error.ShouldContain(message);
        _session.Out.ShouldBeEmpty();
    }

    [Fact]
    public void A_pickle_is_refused_with_the_command_that_converts_it()
    {
        var pickle = Path.Combine(_session.Folder, "model.pt");
        File.WriteAllBytes(pickle, [0x80, 2, (byte)'.']);
        Step("--model", pickle, "--trace").ShouldBe(ExitCodes.Usage);
        _session.Error.ShouldContain("torch.jit.script(model).save('model.ts')");
    }

    [Fact]
    public void Data_are_needed()
    {
        _session.Run("step", "--model", "mlp", "--trace").ShouldBe(ExitCodes.Usage);
        _session.Error.ShouldContain("step needs data to send through the network");
    }
}
