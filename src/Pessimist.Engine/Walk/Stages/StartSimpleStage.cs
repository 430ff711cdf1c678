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

    public override string Name => "start simple";

    public override IReadOnlyList<Type> Needs => [typeof(DataStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var options = context.Options;
        var (model, why) = Choose(context);
        if (model == ModelChoice.LeNet) SeeAsPictures(context);
        context.Setup = SetupOf(context, model);

        using var network = context.Setup.Build();
        var summary = ModelSummary.Of(network, [.. context.Setup.InputShape.Select(d => (long)d)], context.Setup.BatchSize);
        context.Run.Add(new ModelBuilt
        {
            Name = context.Setup.ModelName,
            Why = why,
            Text = network.ToString() ?? "",
            Layers = [.. summary.Layers.Select(l => new LayerFact(l.Name, l.Type, l.OutputShape, l.Parameters, l.ActivationBytes * summary.BatchSize))],
            Parameters = summary.Parameters,
            Memory = new StepMemory(summary.WeightBytes, summary.GradientBytes, summary.OptimizerBytes, summary.ActivationBytes, 0),
            Optimizer = context.Setup.Optimizer.ToString(),
            LearningRate = context.Setup.LearningRate,
            WeightDecay = context.Setup.WeightDecay,
            BatchSize = context.Setup.BatchSize,
            Initialization = options.Init.Kind == InitKind.Default ? "He normal, small output layer" : options.Init.ToString(),
        });

        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var fits = summary.TotalBytes < available;
        var outcome = fits
            ? StageOutcome.Passed($"{context.Setup.ModelName}, {Words.Count(summary.Parameters, "parameter")}, {context.Setup.Optimizer} with lr {context.Setup.LearningRate:G3}, batch {context.Setup.BatchSize}; a step takes about {Words.Bytes(summary.TotalBytes)}")
            : StageOutcome.Failed($"a step of {context.Setup.ModelName} takes about {Words.Bytes(summary.TotalBytes)}, and there are {Words.Bytes(available)}");
        return outcome with
        {
            Evidence = [why, .. network.ToString()!.Split('\n'), $"memory of a step: weights {Words.Bytes(summary.WeightBytes)}, gradients {Words.Bytes(summary.GradientBytes)}, optimizer {Words.Bytes(summary.OptimizerBytes)}, activations {Words.Bytes(summary.ActivationBytes)}"],
            Help = fits ? [] : [.. summary.Savings.Select(s => $"{s.Action}: saves {Words.Bytes(s.Bytes)}")],
        };
    }

    static (ModelChoice Model, string Why) Choose(WalkContext context)
    {
        var shape = context.Train.InputShape;
        var grid = context.Prepared.ImageGuess;
        var picture = shape.Count == 3 || grid is not null;
        if (context.Options.Model != ModelChoice.Auto)
        {
            if (context.Options.Model == ModelChoice.LeNet && !picture)
                throw new PessimistException($"--model lenet needs pictures, and {context.Options.Data} has inputs of shape {Words.Shape(shape)}", "use --model mlp");
            return (context.Options.Model, "as --model says");
        }

        if (shape.Count == 3 && shape[1] >= SmallestPicture && shape[2] >= SmallestPicture)
            return (ModelChoice.LeNet, $"inputs are pictures of {shape[2]} x {shape[1]}: LeNet to start with, a residual network later");
        var seen = grid is null ? "" : $"; its columns are pixels of {grid.Width} x {grid.Height}, so --model lenet is the next step";
        return (ModelChoice.Mlp, shape.Count == 2
            ? $"inputs are sequences of {shape[0]} steps: a fully connected network with one hidden layer to start with"
            : $"inputs are a table: a fully connected network with one hidden layer to start with{seen}");
    }

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
        var setup = new TrainingSetup
        {
            ModelName = model.ToString().ToLowerInvariant(),
            Create = model switch
            {
                ModelChoice.LeNet => init => new LeNet(outputs, shape[0], shape[1], shape[2], init),
                ModelChoice.Linear => init => new LinearModel(inputs, outputs, init),
                _ => init => new Mlp(inputs, HiddenUnits, outputs, init: init),
            },
            Width = model == ModelChoice.Mlp ? HiddenUnits : null,
            CreateWidth = model == ModelChoice.Mlp ? (width, init) => new Mlp(inputs, width, outputs, init: init) : null,
            Init = SchemeOf(options.Init),
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
