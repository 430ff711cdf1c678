using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Data;
using Pessimist.Data.Sequences;
using Pessimist.Engine.Stepping;
using Pessimist.Engine.Walk;
using Pessimist.Reporting;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist step</c>: through the forward and the backward pass of one batch, operation by operation.</summary>
sealed class StepCommand : ToolCommand
{
    const string Prompt = "(step) ";

    readonly Screen _screen;
    readonly Option<string?> _model = Valued<string?>("--model", "NAME|FILE", "a network of `pessimist models`, auto for the one that diagnose starts with (default), or a TorchScript file of torch.jit.save", text => text, "auto");
    readonly Option<string?> _data = Valued<string?>("--data", "DATA", "anything that diagnose reads", text => text);
    readonly Option<string[]> _target = new("--target") { Description = "the column to predict, as in diagnose", HelpName = "COLUMN", Arity = ArgumentArity.OneOrMore, DefaultValueFactory = _ => [] };
    readonly Option<TaskKind?> _task = Choosing<TaskKind?>("--task", "what the target is; seen from the data when not given",
        [("binary", TaskKind.Binary), ("multi-class", TaskKind.MultiClass), ("regression", TaskKind.Regression), ("multi-label", TaskKind.MultiLabel)]);
    readonly Option<string?> _sequenceId = Valued<string?>("--sequence-id", "COLUMN", "rows with one value of this column are one sequence", text => text);
    readonly Option<string?> _sequenceTime = Valued<string?>("--sequence-time", "COLUMN", "the column that orders the steps of a sequence", text => text);
    readonly Option<int[]?> _shape = Valued<int[]?>("--shape", "SHAPE", "the shape to give each example, such as 1x28x28; that of the data when not given", text => Values.Shape(text));
    readonly Option<bool> _noNormalize = Flag("--no-normalize", "feed the inputs as they are");
    readonly Option<int?> _batch = Valued<int?>("--batch", "N", "examples in the pass (default 32)", text => Values.Whole(text, 1, "a whole number of at least 1"));
    readonly Option<StepLoss> _loss = Choosing("--loss", "that of the task when not given; sum and none go without a target",
        [("cross-entropy", StepLoss.CrossEntropy), ("bce-with-logits", StepLoss.BceWithLogits), ("mse", StepLoss.Mse), ("l1", StepLoss.L1), ("sum", StepLoss.Sum), ("none", StepLoss.None)], StepLoss.OfTask);
    readonly Option<bool> _eval = Flag("--eval", "evaluation mode: dropout is off, batch norm uses its running statistics");
    readonly Option<string?> _weights = Valued<string?>("--weights", "FILE", "weights to start from, as safetensors; diagnose keeps them in the folder of its run", text => text);
    readonly Option<int> _seed = Valued("--seed", "N", $"the same seed gives the same pass (default {DiagnoseOptions.DefaultSeed})", text => Values.Whole(text, 0, "a whole number of at least 0"), DiagnoseOptions.DefaultSeed);
    readonly Option<int> _keep = Valued("--keep", "MIB", "values that are kept for printing, in MiB; statistics stay for all (default 1024)", text => Values.Whole(text, 0, "a whole number of MiB"), 1024);
    readonly Option<bool> _trace = Flag("--trace", "print the whole walk, a line for each operation, for pipes and CI");
    readonly Option<StepCondition?> _until = Valued<StepCondition?>("--until", "CONDITION",
        "nonfinite, failed, backward, op=softmax, layer=conv2, shape=32,10, dtype=float64, max>100: start there; with --trace print up to there and exit with 1 when it holds anywhere, else with 0", StepCondition.Parse);
    readonly Option<string?> _commands = Valued<string?>("--commands", "FILE|-", "read the commands of the walk from a file, or from standard input, a line each", text => text);

    public StepCommand(Screen screen) : base("step", "step through the forward and the backward pass of one batch, operation by operation: shapes, dtypes, values, gradients")
    {
        _screen = screen;
        Groups =
        [
            new OptionGroup("Network and data", [_model, _data, _target, _task, _sequenceId, _sequenceTime, _shape, _noNormalize]),
            new OptionGroup("Pass", [_batch, _loss, _eval, _weights, _seed]),
            new OptionGroup("Walk", [_trace, _until, _commands, _keep]),
        ];
        Examples =
        [
            new Example("pessimist step --model mlp --data samples/digits.csv --target label", "in the terminal: next, into, out, back, until, print 0,:5, help"),
            new Example("pessimist step --model net.ts --data photos/ --trace", "a network from Python, all of it; exit code 3 when the pass fails"),
            new Example("pessimist step --model lenet --data mnist.npz --trace --until nonfinite", "for CI: exit code 1 when an operation makes a NaN or infinity"),
        ];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        var common = CommonOptions.From(parsed);
        var (trace, commands, until) = (parsed.GetValue(_trace), parsed.GetValue(_commands), parsed.GetValue(_until));
        if (trace && commands is not null) throw new PessimistException("--trace prints the whole walk and takes no --commands", "leave one of the two out");
        if (!trace && commands is null && !(_screen.InIsTerminal && _screen.OutIsTerminal))
            throw new PessimistException("there is no terminal to step in", "use --trace to print the whole walk, or --commands FILE (- for standard input)");
        if (parsed.GetValue(_data) is not { } data) throw new PessimistException("step needs data to send through the network", "give --data, anything that diagnose reads, such as --data samples/digits.csv --target label");
        var id = parsed.GetValue(_sequenceId);
        if (id is null && parsed.GetValue(_sequenceTime) is { } time)
            throw new PessimistException($"--sequence-time {time} orders the steps of sequences, and nothing says which rows belong to one", "add --sequence-id COLUMN");
        InputFiles.RefuseMissing(data);
        using var lines = commands is null or "-" ? null : OpenCommands(commands);
        Torch.Torch.Require();
        var options = new StepOptions
        {
            Model = parsed.GetValue(_model) ?? "auto",
            Data = data,
            Targets = parsed.GetValue(_target) ?? [],
            Sequences = id is null ? null : new SequenceColumns(id, parsed.GetValue(_sequenceTime)),
            Task = parsed.GetValue(_task),
            Shape = parsed.GetValue(_shape) is { Length: > 0 } shape ? shape : null,
            Normalize = !parsed.GetValue(_noNormalize),
            Batch = parsed.GetValue(_batch) ?? 32,
            Loss = parsed.GetValue(_loss),
            Training = !parsed.GetValue(_eval),
            Weights = parsed.GetValue(_weights),
            Seed = parsed.GetValue(_seed),
            MostBytes = (long)parsed.GetValue(_keep) << 20,
        };
        using var training = SteppedTraining.Record(options, CancellationToken.None);
        var pass = training.Pass;
        if (!common.Quiet)
        {
            _screen.Error.WriteLine(training.Summary);
            foreach (var fault in pass.Faults) _screen.Error.WriteLine($"warning: a step could not be recorded: {fault}");
        }

        var styles = _screen.ColorsOut(common.Color) ? Styles.Ansi : Styles.None;
        if (trace) return Trace(training, until, styles, common);
        var walk = new PassWalk(pass, styles);
        if (pass.LetGo) _screen.Out.WriteLine("the values of some steps were let go; their statistics are there (--keep keeps more)");
        _screen.Out.Write(until is null ? walk.Where() : walk.Execute($"until {until.Text}"));
        if (training.Help is { } help) _screen.Out.WriteLine($"the pass fails; until failed goes there; {help}");
        Walk(walk, lines ?? _screen.In, echo: commands is not null);
        return pass.Error is null ? ExitCodes.Ok : ExitCodes.ProgramFailed;
    }

    int Trace(SteppedTraining training, StepCondition? until, Styles styles, CommonOptions common)
    {
        var pass = training.Pass;
        StepNode? hit = null;
        foreach (var node in pass.Nodes)
        {
            // A module that failed without an operation has nobody else to say so.
            if (!node.IsModule || node.Error is not null) _screen.Out.WriteLine(StepText.Line(node, styles));
            if (until?.Holds(node) != true) continue;
            hit = node;
            break;
        }

        if (pass.Error is { } error && hit is null)
        {
            _screen.Error.WriteLine($"error: the pass failed: {Display.Clean(error)}");
            if (training.Help is { } help) _screen.Error.WriteLine($"help: {help}");
            return ExitCodes.ProgramFailed;
        }

        if (until is null) return ExitCodes.Ok;
        if (!common.Quiet) _screen.Error.WriteLine(hit is null ? until.Missed(pass.Nodes) : $"'{until.Text}' holds here");
        return hit is null ? ExitCodes.Ok : ExitCodes.Findings;
    }

    void Walk(PassWalk walk, TextReader commands, bool echo)
    {
        while (!walk.Done)
        {
            if (!echo)
            {
                _screen.Out.Write(Prompt);
                _screen.Out.Flush();
            }

            if (commands.ReadLine() is not { } line)
            {
                if (!echo) _screen.Out.WriteLine();
                break;
            }

            if (echo) _screen.Out.WriteLine(Display.Clean($"{Prompt}{line}"));
            _screen.Out.Write(walk.Execute(line));
        }
    }

    static StreamReader OpenCommands(string file)
    {
        try
        {
            return new StreamReader(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PessimistException($"--commands: '{file}' cannot be read: {e.Message}");
        }
    }
}
