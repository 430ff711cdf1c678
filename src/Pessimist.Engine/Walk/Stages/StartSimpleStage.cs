using Pessimist.Data;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 3: picks the architecture by the input (P1.1) with the sensible defaults (P1.3), and says what a step of it takes (P2.10).</summary>
sealed class StartSimpleStage : Stage
{
    const int SmallestPicture = 8;
    const int HiddenUnits = 128;
    const int LongestForLstm = 200;
    const int BranchWidth = 32;

    public override string Name => "start simple";

    public override IReadOnlyList<Type> Needs => [typeof(DataStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var options = context.Options;
        var (model, why) = SetUp(context, cancel);

        using var network = context.Setup.Build();
        var summary = ModelSummary.Of(network, [.. context.Setup.InputShape.Select(d => (long)d)], context.Setup.BatchSize);
        context.Run.Add(new ModelBuilt
        {
            Name = context.Setup.ModelName,
            Why = why,
            Text = network.ToString() ?? "",
            Layers = [.. summary.Layers.Select(l => new LayerFact(l.Name, l.Type, l.OutputShape, l.Parameters, l.ActivationBytes * summary.BatchSize))],
            Parameters = summary.Parameters,
            Memory = new StepMemory(summary.WeightBytes, summary.GradientBytes, summary.OptimizerBytes, summary.ActivationBytes + summary.PassingBytes, 0),
            Optimizer = context.Setup.Optimizer.ToString(),
            LearningRate = context.Setup.LearningRate,
            WeightDecay = context.Setup.WeightDecay,
            BatchSize = context.Setup.BatchSize,
            Initialization = options.Init.Kind == InitKind.Default ? IsJoined(context, model) ? "He normal, Glorot normal for recurrent branches" : $"{(IsTanh(model) ? "Glorot" : "He")} normal, small output layer" : options.Init.ToString(),
        });

        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var fits = summary.TotalBytes < available;
        var outcome = fits
            ? StageOutcome.Passed($"{context.Setup.ModelName}, {Words.Count(summary.Parameters, "parameter")}, {context.Setup.Optimizer} with lr {context.Setup.LearningRate:G3}, batch {context.Setup.BatchSize}; a step takes about {Words.Bytes(summary.TotalBytes)}")
            : StageOutcome.Failed($"a step of {context.Setup.ModelName} takes about {Words.Bytes(summary.TotalBytes)}, and there are {Words.Bytes(available)}");
        var data = (context.Train.Count + context.Validation.Count + context.Test.Count) * (long)context.Train.InputLength * sizeof(float);
        string[] savings = [.. summary.Savings.Append(new Saving("read the data from the disk batch by batch", data)).OrderByDescending(s => s.Bytes).Select(s => $"{s.Action}: saves {Words.Bytes(s.Bytes)}")];
        return outcome with
        {
            Evidence = [why, .. TransferAdvice(context), .. network.ToString()!.Split('\n'), $"memory of a step: weights {Words.Bytes(summary.WeightBytes)}, gradients {Words.Bytes(summary.GradientBytes)}, optimizer {Words.Bytes(summary.OptimizerBytes)}, activations {Words.Bytes(summary.ActivationBytes + summary.PassingBytes)}", .. savings.Select(s => $"to scale back: {s}")],
            Help = fits ? [] : savings,
        };
    }

    /// <summary>Picks the network and, where it takes pictures, sees the examples as such.</summary>
    internal static (ModelChoice Model, string Why) SetUp(WalkContext context, CancellationToken cancel = default)
    {
        var (model, why) = context.Options.Weights is { } weights ? ChooseTransfer(context, weights, cancel) : Choose(context);
        if (InfoOf(model).Input == InputKind.Picture) SeeAsPictures(context);
        context.Setup = SetupOf(context, model) is var setup && IsJoined(context, model) ? Joined(context, setup) : context.Transfer is { } transfer ? setup with { ModelName = transfer.Name } : setup;
        return (model, why);
    }

    static (ModelChoice Model, string Why) Choose(WalkContext context)
    {
        var shape = context.Train.InputShape;
        var grid = context.Prepared.ImageGuess;
        if (context.Train.Parts.Count > 0) return ChooseJoined(context);
        if (context.Options.Model != ModelChoice.Auto)
        {
            var info = InfoOf(context.Options.Model);
            var given = info.Input == InputKind.Picture && shape.Count != 3 && grid is not null ? [1, grid.Height, grid.Width] : shape;
            if (!info.Takes(given))
                throw new PessimistException($"--model {info.Name} needs {(info.Input == InputKind.Picture ? $"pictures of at least {info.Smallest} x {info.Smallest}" : "sequences")}, and {context.Options.Data} has inputs of shape {Words.Shape(shape)}",
                    $"use --model {ModelCatalog.All.First(m => m.Name != "linear" && m.Takes(shape)).Name}");
            return (context.Options.Model, "as --model says");
        }

        if (shape.Count == 3 && shape[1] >= SmallestPicture && shape[2] >= SmallestPicture)
            return (ModelChoice.LeNet, $"inputs are pictures of {shape[2]} x {shape[1]}: LeNet to start with, a residual network later");
        var seen = grid is null ? "" : $"; its columns are pixels of {grid.Width} x {grid.Height}, so --model lenet is the next step";
        if (shape.Count == 2)
            return shape[0] <= LongestForLstm
                ? (ModelChoice.Lstm, $"inputs are sequences of {shape[0]} steps: an LSTM with one hidden layer to start with, attention or WaveNet later")
                : (ModelChoice.Tcn, $"inputs are sequences of {shape[0]} steps, for which an LSTM is slow and forgets: temporal convolutions to start with, attention or WaveNet later");
        return (ModelChoice.Mlp, $"inputs are a table: a fully connected network with one hidden layer to start with{seen}");
    }

    static (ModelChoice Model, string Why) ChooseTransfer(WalkContext context, string weights, CancellationToken cancel)
    {
        var transfer = context.Transfer = Transfer.Open(context, DeviceOf(context.Options.Device));
        if (context.Options.Model is not ModelChoice.Auto and var asked && asked.ToString().ToLowerInvariant() is var name && name != transfer.Name)
            throw new PessimistException($"--model {name}, and --weights {weights} holds a {transfer.Name}", "leave --model out");
        transfer.SeeFeatures(context, cancel);
        return (ModelChoice.Linear, $"{transfer.Name} with the weights of {weights}, pixels normalized as on ImageNet: all but a new last layer is frozen at first, so that its {transfer.Features} features are computed once; then all of it is fine-tuned with a smaller learning rate");
    }

    /// <summary>For few pictures a network that was trained on many may be the right start (P1.6).</summary>
    static string[] TransferAdvice(WalkContext context) => !Transfer.Fits(context) ? [] :
    [
        $"there are few pictures: a ResNet that was trained on ImageNet may be the better start. {Transfer.HowToSave}",
        $"pessimist diagnose {context.Options.DataWords} --weights resnet18.safetensors",
    ];

    static (ModelChoice Model, string Why) ChooseJoined(WalkContext context)
    {
        var parts = context.Train.Parts;
        var model = context.Options.Model;
        if (model is ModelChoice.Mlp or ModelChoice.Linear) return (model, "as --model says, on all inputs beside each other");
        if (model != ModelChoice.Auto)
            throw new PessimistException($"--model {InfoOf(model).Name} takes one input, and there are {parts.Count}: {string.Join(", ", parts.Select(p => p.Name))}",
                "leave it out for one branch for each input, or use --model mlp on all of them beside each other");
        return (ModelChoice.Auto, parts.Count == 1
            ? $"only {parts[0].Name} is left as an input: {Branch(parts[0])}"
            : $"there are {parts.Count} inputs, each mapped to {BranchWidth} dimensions by a branch of its own ({string.Join("; ", parts.Select(p => $"{p.Name}: {Branch(p)}"))}), joined, and predicted from by fully connected layers");
    }

    /// <summary>One branch for each input rather than one network for all of them flattened (P1.2).</summary>
    static bool IsJoined(WalkContext context, ModelChoice model) => context.Train.Parts.Count > 0 && model == ModelChoice.Auto;

    static string Branch(InputPart part) => part.Shape switch
    {
        [_, var height, var width] => Math.Min(height, width) >= SmallestPicture ? $"LeNet on pictures of {width} x {height}" : $"one hidden layer on pictures of {width} x {height}",
        [var steps, _] => steps <= LongestForLstm ? $"an LSTM on sequences of {steps} steps" : $"temporal convolutions on sequences of {steps} steps",
        _ => $"one hidden layer on {Words.Count(part.Length, "input")}",
    };

    static TrainingSetup Joined(WalkContext context, TrainingSetup setup)
    {
        var (parts, outputs) = (context.Train.Parts, context.Train.OutputWidth);
        // The branches know what suits them; a scheme that was asked for is for all of them.
        InitScheme? Given(InitScheme init) => context.Options.Init.Kind == InitKind.Default ? null : init;
        Module Make(int hidden, InitScheme init) => new MultiInput([.. parts.Select(p => BranchOf(p, Given(init)))], outputs, BranchWidth, hidden, Given(init));
        return setup with
        {
            ModelName = "multi-input",
            Create = init => Make(HiddenUnits, init),
            Width = HiddenUnits,
            CreateWidth = Make,
        };
    }

    static InputBranch BranchOf(InputPart part, InitScheme? init) => new(part.Name, part.Shape, part.Shape switch
    {
        [_, var height, var width] when Math.Min(height, width) < SmallestPicture => new Sequential(new Flatten(), new Mlp(part.Length, 2 * BranchWidth, BranchWidth, init: init), new ReLU()),
        [var steps, var features] when steps > LongestForLstm => new Sequential(new Tcn(features, steps, BranchWidth, init: init), new ReLU()),
        _ => null,
    });

    static void SeeAsPictures(WalkContext context)
    {
        if (context.Train.InputShape.Count == 3) return;
        var grid = context.Prepared.ImageGuess!;
        int[] shape = [1, grid.Height, grid.Width];
        context.Prepared = context.Prepared with
        {
            Train = context.Train.WithShape(shape),
            Validation = context.Validation.WithShape(shape),
            Test = context.Test.WithShape(shape),
        };
    }

    static TrainingSetup SetupOf(WalkContext context, ModelChoice model)
    {
        var options = context.Options;
        var shape = context.Train.InputShape;
        var (inputs, outputs) = (context.Train.InputLength, context.Train.OutputWidth);
        var info = InfoOf(model);
        var padded = context.Train.Padded && model == ModelChoice.Lstm;
        var setup = new TrainingSetup
        {
            ModelName = model.ToString().ToLowerInvariant(),
            Create = init => padded ? new LstmModel(shape[1], HiddenUnits, outputs, init: init, padded: true) : info.Create(shape, outputs, init),
            Width = model is ModelChoice.Mlp or ModelChoice.Lstm ? HiddenUnits : null,
            CreateWidth = model switch
            {
                ModelChoice.Mlp => (width, init) => new Mlp(inputs, width, outputs, init: init),
                ModelChoice.Lstm => (width, init) => new LstmModel(shape[1], width, outputs, init: init, padded: padded),
                _ => null,
            },
            Init = options.Init.Kind == InitKind.Default && IsTanh(model) ? InitScheme.Glorot : SchemeOf(options.Init),
            Task = context.Prepared.Targets.Task,
            Outputs = outputs,
            InputShape = shape,
            // Small sets need many steps, large ones fast epochs.
            BatchSize = options.BatchSize ?? (context.Train.Count >= 20_000 ? 64 : 32),
            WeightDecay = options.WeightDecay ?? 0,
            LossSign = options.LossSign,
            Device = DeviceOf(options.Device),
            Seed = options.Seed,
        };
        return options.LearningRate is { } lr ? setup with { LearningRate = lr } : setup;
    }

    /// <summary>For several inputs the plainest stands in: what they are is theirs to know.</summary>
    static ModelInfo InfoOf(ModelChoice model) => ModelCatalog.Find(model == ModelChoice.Auto ? "mlp" : model.ToString())!;

    /// <summary>Glorot is for tanh, He for ReLU (P1.3).</summary>
    static bool IsTanh(ModelChoice model) => model is ModelChoice.Lstm or ModelChoice.WaveNet or ModelChoice.Transformer;

    static InitScheme SchemeOf(InitChoice init) => init.Kind switch
    {
        InitKind.Zeros => InitScheme.Zeros,
        InitKind.Constant => InitScheme.Constant(init.Value!.Value),
        InitKind.Normal => InitScheme.Normal(init.Value!.Value),
        InitKind.HeUniform => InitScheme.HeUniform,
        InitKind.GlorotNormal => InitScheme.Glorot,
        InitKind.GlorotUniform => InitScheme.GlorotUniform,
        _ => InitScheme.He,
    };

    static Device DeviceOf(string name)
    {
        if (name == "auto") return Device.CudaCount > 0 ? Device.Cuda() : Device.Cpu;
        if (name == "cpu") return Device.Cpu;
        if (Device.CudaCount == 0) throw new PessimistException($"--device {name}: this libtorch has no CUDA, or there is no GPU", "leave --device out, or use --device cpu");
        return name == "cuda" ? Device.Cuda() : Device.Cuda(int.Parse(name["cuda:".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
