using Pessimist.Data;
using Pessimist.Engine.Subjects;
using Pessimist.Engine.Walk;
using Pessimist.Engine.Walk.Stages;
using Pessimist.Experiments;
using Pessimist.Runs;
using Pessimist.Text;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Scripting;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Stepping;

/// <summary>Reads the data as <c>diagnose</c> does, makes or loads the network, and records one pass of one batch.</summary>
public sealed class SteppedTraining : IDisposable
{
    readonly Module _network;
    readonly BatchTensors _batch;

    SteppedTraining(Module network, BatchTensors batch, RecordedPass pass, string summary) => (_network, _batch, Pass, Summary) = (network, batch, pass, summary);

    public RecordedPass Pass { get; }

    /// <summary>What is stepped through, in a line.</summary>
    public string Summary { get; }

    /// <summary>What may help a pass that failed; null for nothing.</summary>
    public string? Help { get; private init; }

    /// <exception cref="PessimistException">The network, the data or an option cannot be used.</exception>
    public static SteppedTraining Record(StepOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        var choice = ChoiceOf(options.Model);
        using var context = new WalkContext(new DiagnoseOptions
        {
            Data = options.Data,
            Targets = options.Targets,
            Sequences = options.Sequences,
            Task = options.Task,
            Model = choice ?? ModelChoice.Auto,
            Normalize = options.Normalize,
            Seed = options.Seed,
            Device = "cpu",
        }, new Run((_, _) => { }), NoProgress.Instance, TimeProvider.System);
        new TargetStage().Run(context, cancel);
        Reshape(context, options);
        Refuse(options.Loss, context.Train);
        var (network, name) = choice is null ? (Load(options), Path.GetFileName(options.Model)) : (Build(context), context.Setup.ModelName);
        try
        {
            return Record(options, context, network, name);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    static SteppedTraining Record(StepOptions options, WalkContext context, Module network, string name)
    {
        if (options.Weights is { } weights) LoadWeights(network, weights);
        network.Training = options.Training;
        var examples = context.Train.Take(options.Batch, options.Seed);
        var dtype = network.Parameters().FirstOrDefault(p => p.DType.IsFloatingPoint())?.DType ?? DType.Float32;
        var batch = BatchTensors.Of(examples, Recipe.AsIs, dtype, Device.Cpu, options.Seed);
        try
        {
            Rng.Seed(options.Seed);
            var pass = RecordedPass.Run(network, batch.Inputs, batch.Targets, LossOf(options.Loss, context), options.MostBytes);
            var summary = $"{name}, {Words.Count(network.ParameterCount, "parameter")}, on {Words.Count(examples.Count, "training example")} of {options.Data} {Words.Shape(examples.InputShape)}; "
                + $"{LossWords(options.Loss, context)}; {(options.Training ? "training" : "evaluation")} mode";
            return new SteppedTraining(network, batch, pass, summary) { Help = pass.Error is null || network is not ScriptModule || options.Shape is not null ? null : ShapeHelp(context) };
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Null for a file.</summary>
    static ModelChoice? ChoiceOf(string model)
    {
        if (Enum.TryParse<ModelChoice>(model, ignoreCase: true, out var choice) && !char.IsAsciiDigit(model[0])) return choice;
        if (File.Exists(model)) return null;
        if (model.Contains('/', StringComparison.Ordinal) || Path.HasExtension(model)) throw new PessimistException($"there is no file '{model}'", "give a TorchScript file, or a network that pessimist models lists");
        var names = ModelCatalog.All.Select(m => m.Name).Append("auto").ToArray();
        throw new PessimistException($"there is no network '{model}'{DidYouMean.Suffix(model, names)}", $"use one of {string.Join(", ", names)}, or a TorchScript file");
    }

    static ScriptModule Load(StepOptions options)
    {
        try
        {
            return ScriptModule.Load(options.Model);
        }
        catch (TorchException e) when (e is not TorchNotFoundException)
        {
            throw new PessimistException(e.Message);
        }
    }

    static Module Build(WalkContext context)
    {
        StartSimpleStage.SetUp(context);
        return context.Setup.Build();
    }

    static void LoadWeights(Module network, string file)
    {
        Dictionary<string, Tensor>? state = null;
        try
        {
            state = Safetensors.Read(file);
            network.LoadStateDict(state);
        }
        catch (TorchException e)
        {
            throw new PessimistException($"--weights: {e.Message}");
        }
        finally
        {
            foreach (var tensor in state?.Values ?? Enumerable.Empty<Tensor>()) tensor.Dispose();
        }
    }

    static void Reshape(WalkContext context, StepOptions options)
    {
        if (options.Shape is not { } shape) return;
        var length = shape.Aggregate(1L, (product, size) => product * size);
        if (length != context.Train.InputLength)
            throw new PessimistException($"--shape {string.Join('x', shape)} has {Words.Count(length, "number")}, and an example of {options.Data} has {Words.Count(context.Train.InputLength, "number")}: {Words.Shape(context.Train.InputShape)}");
        context.Prepared = context.Prepared with { Train = context.Train.WithShape(shape) };
    }

    static string ShapeHelp(WalkContext context)
    {
        var given = $"examples come in as {Words.Shape(context.Train.InputShape)}; --shape gives them another shape";
        return context.Train.InputShape.Count == 1 && context.Prepared.ImageGuess is { } grid ? $"{given}: as pictures --shape 1x{grid.Height}x{grid.Width}" : given;
    }

    static void Refuse(StepLoss loss, DataSet data)
    {
        if (loss == StepLoss.CrossEntropy && !data.IsClassification)
            throw new PessimistException($"--loss cross-entropy needs classes, and the target is {data.Task.Name()}", "use --loss mse, or say --task multi-class");
        if (loss is StepLoss.Mse or StepLoss.L1 or StepLoss.BceWithLogits && data.IsClassification)
            throw new PessimistException($"--loss {Name(loss)} needs numbers, and the target has {Words.Count(data.OutputWidth, "class", "classes")}", "use --loss cross-entropy");
    }

    static Func<Tensor, Tensor, Tensor>? LossOf(StepLoss loss, WalkContext context)
    {
        if (loss == StepLoss.None) return null;
        if (loss == StepLoss.Sum) return (output, _) => output.Sum();
        var kind = OfTask(loss, context);
        var width = context.Train.OutputWidth;
        return (output, target) =>
        {
            // A loss that broadcasts would go on with another shape, and show what nobody asked for.
            if (output.Rank != 2 || output.Size(0) != target.Size(0) || output.Size(1) != width)
                throw new TorchException($"the network gives {output.Describe()}, and {Name(kind)} needs [{target.Size(0)}, {width}]; --loss sum or none goes without a target");
            return kind switch
            {
                StepLoss.Mse => Loss.Mse(output, target),
                StepLoss.L1 => Loss.L1(output, target),
                StepLoss.BceWithLogits => Loss.BceWithLogits(output, target),
                _ => Loss.CrossEntropy(output, target),
            };
        };
    }

    static StepLoss OfTask(StepLoss loss, WalkContext context) => loss != StepLoss.OfTask ? loss : context.Prepared.Targets.Task switch
    {
        TaskKind.Regression => StepLoss.Mse,
        TaskKind.MultiLabel => StepLoss.BceWithLogits,
        _ => StepLoss.CrossEntropy,
    };

    static string LossWords(StepLoss loss, WalkContext context) => OfTask(loss, context) switch
    {
        StepLoss.None => "no loss",
        StepLoss.Sum => "the sum of the output as loss",
        StepLoss.CrossEntropy => $"cross-entropy of {Words.Count(context.Train.OutputWidth, "class", "classes")}",
        var kind => $"{Name(kind)} of {Words.Count(context.Train.OutputWidth, "value")}",
    };

    static string Name(StepLoss loss) => loss switch
    {
        StepLoss.CrossEntropy => "cross-entropy",
        StepLoss.BceWithLogits => "bce-with-logits",
        _ => loss.ToString().ToLowerInvariant(),
    };

    public void Dispose()
    {
        Pass.Dispose();
        _batch.Dispose();
        _network.Dispose();
    }
}
