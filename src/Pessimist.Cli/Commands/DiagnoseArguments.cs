using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Data;
using Pessimist.Data.Inputs;
using Pessimist.Data.Sequences;
using Pessimist.Engine.Walk;
using Pessimist.Evaluation;

namespace Pessimist.Cli.Commands;

/// <summary>The arguments of <c>diagnose</c> and their way into <see cref="DiagnoseOptions"/>.</summary>
sealed class DiagnoseArguments
{
    const string Positive = "a number above 0, such as 3e-4";

    readonly Option<string[]> _target = new("--target")
    {
        Description = "the column to predict; give it again for several targets. Not needed where the data carry labels (IDX, folders of images)",
        HelpName = "COLUMN",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    readonly Option<string[]> _input = new("--input")
    {
        Description = "one of several inputs, each with a branch of its own; give it for each of them, instead of DATA",
        HelpName = "NAME=PATH",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    readonly Option<string?> _id = ToolCommand.Valued("--id", "COLUMN", "the column that matches the examples of several inputs (pictures by their file names); their order when not given", text => text);

    readonly Option<TaskKind?> _task = ToolCommand.Choosing<TaskKind?>("--task", "what the target is; seen from the data when not given",
        [("binary", TaskKind.Binary), ("multi-class", TaskKind.MultiClass), ("regression", TaskKind.Regression), ("multi-label", TaskKind.MultiLabel)]);

    readonly Option<string?> _test = ToolCommand.Valued("--test", "FILE", "a test set of its own, in the same form as DATA", text => text);

    readonly Option<SplitPlan?> _split = ToolCommand.Valued("--split", "SPLIT",
        "training/validation/test as 60/20/20; 'random'; 'group=COLUMN' keeps its rows together; 'time=COLUMN' tests on the latest; or shares and a method: 60/20/20,group=patient",
        SplitText.Parse);

    readonly Option<string?> _metric = ToolCommand.Valued("--metric", "NAME",
        "the one number to improve: error, accuracy, macro-f1, balanced-accuracy, log-loss, auc; mse, rmse, mae, r2", Metric);

    readonly Option<double?> _goal = ToolCommand.Valued<double?>("--goal", "ERROR", "the error that would be good enough, such as 0.02 or 2%", text => Values.Error(text));

    readonly Option<double?> _human = ToolCommand.Valued<double?>("--human", "ERROR", "the error of a person on this task: how much of the error cannot be avoided", text => Values.Error(text));

    readonly Option<ModelChoice> _model = ToolCommand.Choosing<ModelChoice>("--model", "the network to start with; auto follows the data",
        [.. Enum.GetValues<ModelChoice>().Select(m => (m.ToString().ToLowerInvariant(), m))]);

    readonly Option<string?> _sequenceId = ToolCommand.Valued("--sequence-id", "COLUMN", "a table with a row for each step: rows with one value of this column are one sequence", text => text);

    readonly Option<string?> _sequenceTime = ToolCommand.Valued("--sequence-time", "COLUMN", "the column that orders the steps of a sequence; the order of the rows when not given", text => text);

    readonly Option<ArrayForm?> _as = ToolCommand.Choosing<ArrayForm?>("--as", "what each example of an array is, where its shape alone does not tell",
        [("table", ArrayForm.Table), ("sequence", ArrayForm.Sequence), ("picture", ArrayForm.Picture)]);

    readonly Option<string?> _weights = ToolCommand.Valued("--weights", "FILE", "start from torchvision's ResNet-18, 34 or 50, saved as safetensors: for pictures, when there are few", text => text);

    readonly Option<double?> _lr = ToolCommand.Valued<double?>("--lr", "RATE", "learning rate of Adam (default 3e-4)", text => Values.Number(text, v => v > 0, Positive));

    readonly Option<int?> _epochs = ToolCommand.Valued<int?>("--epochs", "N", "passes over the training data", text => Values.Whole(text, 1, "a whole number of at least 1"));

    readonly Option<int?> _batchSize = ToolCommand.Valued<int?>("--batch-size", "N", "examples in one step", text => Values.Whole(text, 1, "a whole number of at least 1"));

    readonly Option<double?> _weightDecay = ToolCommand.Valued<double?>("--weight-decay", "RATE", "L2 penalty on the weights (default 0)",
        text => Values.Number(text, v => v >= 0, "a number of at least 0, such as 1e-4"));

    readonly Option<InitChoice?> _init = ToolCommand.Valued("--init", "INIT",
        "first weights: default, zeros, he-normal, he-uniform, glorot-normal, glorot-uniform, normal:STD, constant:VALUE", InitText.Parse);

    readonly Option<double> _lossSign = ToolCommand.Valued("--loss-sign", "FACTOR", "multiplies the loss; -1 climbs instead of descending (to see what that looks like)",
        text => Values.Number(text, v => v != 0, "a number other than 0, such as -1"), 1);

    readonly Option<bool> _noNormalize = ToolCommand.Flag("--no-normalize", "feed the inputs as they are");

    readonly Option<bool> _noTune = ToolCommand.Flag("--no-tune", "leave the tuning stage out");

    readonly Option<TimeSpan?> _budget = ToolCommand.Valued<TimeSpan?>("--budget", "TIME", "time for the whole walk, such as 90s, 5m or 1h30m; tuning shrinks first", text => Values.Duration(text));

    readonly Option<int> _seed = ToolCommand.Valued("--seed", "N", $"the same seed gives the same run (default {DiagnoseOptions.DefaultSeed})", text => Values.Whole(text, 0, "a whole number of at least 0"), DiagnoseOptions.DefaultSeed);

    readonly Option<string?> _device = ToolCommand.Valued("--device", "DEVICE", "cpu, cuda, cuda:N; auto takes CUDA where libtorch has it", Values.Device, "auto");

    readonly Option<string?> _runs = ToolCommand.Valued("--runs", "FOLDER", "where runs are kept (default .pessimist/runs)", text => text, DiagnoseOptions.DefaultRunsFolder);

    public Argument<string?> Data { get; } = new("DATA")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "CSV, TSV, Parquet or JSON; IDX as MNIST has it (.gz too); NPY or NPZ; or a folder with one folder of PNG or JPEG images per class, or one text file per class",
    };

    public IReadOnlyList<OptionGroup> Groups =>
    [
        new("Data", [_target, _task, _test, _split, _input, _id, _as, _sequenceId, _sequenceTime]),
        new("Goal", [_metric, _goal, _human]),
        new("Network and training", [_model, _weights, _lr, _epochs, _batchSize, _weightDecay, _init, _lossSign, _noNormalize]),
        new("Effort", [_budget, _noTune, _seed, _device, _runs]),
    ];

    /// <exception cref="PessimistException">Two options contradict each other.</exception>
    public DiagnoseOptions Read(ParseResult parsed, IReadOnlyList<string> words)
    {
        NamedInput[] inputs = [.. (parsed.GetValue(_input) ?? []).Select(NamedInput.Parse)];
        var data = parsed.GetValue(Data);
        if (data is null && inputs.Length == 0) throw new PessimistException("DATA is missing: nothing says what to diagnose", "name a file or a folder, or several inputs with --input NAME=PATH");
        if (data is not null && inputs.Length > 0)
            throw new PessimistException($"DATA '{data}' and --input {inputs[0]} are both given", $"give several inputs all by name: --input NAME={data} --input {inputs[0]}");
        var options = new DiagnoseOptions
        {
            Data = data ?? string.Join(" + ", (IEnumerable<NamedInput>)inputs),
            Inputs = inputs,
            InputId = parsed.GetValue(_id),
            Targets = parsed.GetValue(_target) ?? [],
            Sequences = parsed.GetValue(_sequenceId) is { } id ? new SequenceColumns(id, parsed.GetValue(_sequenceTime)) : null,
            As = parsed.GetValue(_as),
            Task = parsed.GetValue(_task),
            Metric = parsed.GetValue(_metric),
            Goal = parsed.GetValue(_goal),
            Human = parsed.GetValue(_human),
            Test = parsed.GetValue(_test),
            Split = parsed.GetValue(_split) ?? new SplitPlan(),
            Model = parsed.GetValue(_model),
            Weights = parsed.GetValue(_weights),
            LearningRate = parsed.GetValue(_lr),
            Epochs = parsed.GetValue(_epochs),
            BatchSize = parsed.GetValue(_batchSize),
            WeightDecay = parsed.GetValue(_weightDecay),
            Init = parsed.GetValue(_init) ?? new InitChoice(InitKind.Default),
            LossSign = parsed.GetValue(_lossSign),
            Normalize = !parsed.GetValue(_noNormalize),
            Tune = !parsed.GetValue(_noTune),
            Budget = parsed.GetValue(_budget),
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device) ?? "auto",
            RunsFolder = parsed.GetValue(_runs) ?? DiagnoseOptions.DefaultRunsFolder,
            Arguments = words,
        };
        Agree(options);
        if (options.Sequences is null && parsed.GetValue(_sequenceTime) is { } time)
            throw new PessimistException($"--sequence-time {time} orders the steps of sequences, and nothing says which rows belong to one", "add --sequence-id COLUMN");
        return options;
    }

    static void Agree(DiagnoseOptions options)
    {
        if (options.Test is not null && options.Split.Shares is { Test: > 0 } shares)
            throw new PessimistException($"--split {shares} sets a test share aside, and --test names a test set", "write training/validation only, such as --split 80/20, or leave --test out");
        if (options.Test is null && options.Split.Shares is { Test: 0 } two)
            throw new PessimistException($"--split {two} leaves no test set", "write training/validation/test, such as --split 60/20/20, or give --test FILE");
        if (options.Inputs.Count == 0 && options.InputId is { } id)
            throw new PessimistException($"--id {id} matches several inputs, and there is one", "leave it out, or name the inputs with --input NAME=PATH");
        if (options.Weights is { } weights && options.Inputs.Count > 0)
            throw new PessimistException($"--weights {weights} is for one input of pictures, and there are {options.Inputs.Count} inputs", "leave it out");
        if (options.Weights is { } own && !options.Normalize)
            throw new PessimistException($"--weights {own} needs pixels normalized as on ImageNet, and --no-normalize leaves them as they are", "leave --no-normalize out");
        if (options.Inputs.Count > 0 && options.As is { } form)
            throw new PessimistException($"--as {form.ToString().ToLowerInvariant()} is for one input, and there are {options.Inputs.Count}", "save the arrays in the shape that is meant: (examples, features), (examples, steps, features) or (examples, channels, height, width)");
        if (options.Inputs.Count > 0 && options.Test is { } test)
            throw new PessimistException($"--test {test} is for one input, and there are {options.Inputs.Count}", "leave it out: a test set is split off; or split by a column with --split");
        if (options.Inputs.Count > 0 && options.Sequences is { } sequences)
            throw new PessimistException($"--sequence-id {sequences.Id} joins the rows of one table, and there are {options.Inputs.Count} inputs", "give sequences as an NPY array of shape (examples, steps, features)");
        if (options.Goal < options.Human)
            throw new PessimistException(FormattableString.Invariant($"--goal {options.Goal} asks for less error than --human {options.Human} says a person makes"),
                "leave --human out when the labels do not come from people, or raise the goal");
        if (options.Split.Column is { } column && options.Targets.Contains(column))
            throw new PessimistException($"--split uses column '{column}', which is also the --target", "split by another column");
    }

    static string Metric(string name)
    {
        MetricKinds.Parse(name);
        return name;
    }
}
