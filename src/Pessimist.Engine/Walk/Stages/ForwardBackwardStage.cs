using Pessimist.Engine.Subjects;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 4: one forward and backward pass, module by module: shapes, dtypes, NaN; examples not mixed; a gradient for every parameter.</summary>
sealed class ForwardBackwardStage : Stage
{
    /// <summary>Examples in the mixing test: a few show it as well as many.</summary>
    const int MixingBatch = 4;

    public override string Name => "runs";

    public override IReadOnlyList<Type> Needs => [typeof(StartSimpleStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        using var scope = Scope.New();
        var setup = context.Setup;
        using var network = setup.Build();
        var data = context.Train.Take(setup.BatchSize, setup.Seed);
        using var examples = Trainer.Examples(data, setup);

        var traces = Trace(context, network, examples.Inputs, out var output);
        var expected = data.OutputWidth;
        if (output.Rank != 2 || output.Size(0) != data.Count || output.Size(1) != expected)
            return StageOutcome.Failed($"the network gives {output.Describe()}, and the loss needs [{data.Count}, {expected}]");
        var loss = setup.Loss(output, examples.Targets);
        network.ZeroGrad();
        loss.Backward();
        var withoutGradient = ObserveParameters(context, network);
        var (across, own) = Mixing(network, examples.Inputs, data.Count);
        context.Run.Add(new BatchAxisTested { AcrossExamples = across, OwnExample = own });

        var bad = traces.FirstOrDefault(t => t.NonFinite > 0);
        if (bad is not null)
            return StageOutcome.Failed($"{bad.Module} ({bad.Operation}) gives {Words.Count(bad.NonFinite, "value")} that are NaN or infinite");
        if (across > 0)
            return StageOutcome.Failed("outputs depend on other examples of the batch");
        if (withoutGradient.Count > 0)
            return StageOutcome.Failed($"no gradient reaches {string.Join(", ", withoutGradient)}");
        return StageOutcome.Passed($"forward and backward through {Words.Count(traces.Count, "module")}: shapes fit, all finite, examples not mixed, every parameter gets a gradient") with
        {
            Evidence = [.. traces.Select(t => $"{t.Module} {t.Operation} -> [{string.Join(", ", t.Shape)}] {t.DType}, {Words.Number(t.Min)} to {Words.Number(t.Max)}, mean {Words.Number(t.Mean)}, std {Words.Number(t.Std)}")],
        };
    }

    static List<OperationTraced> Trace(WalkContext context, Module network, Tensor inputs, out Tensor output)
    {
        var traces = new List<OperationTraced>();
        var hooks = network.NamedModules().Where(m => !m.Module.NamedChildren().Any())
            .Select(m => m.Module.AfterForward((module, _, result) => traces.Add(Observe(m.Name, module.TypeName, result)))).ToArray();
        try
        {
            output = network.Forward(inputs);
        }
        finally
        {
            foreach (var hook in hooks) hook.Dispose();
        }

        foreach (var trace in traces) context.Run.Add(trace);
        return traces;
    }

    static OperationTraced Observe(string name, string kind, Tensor tensor)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var values = tensor.Detach().To(DType.Float64);
        return new OperationTraced
        {
            Module = name,
            Operation = kind,
            Shape = tensor.Shape,
            DType = tensor.DType.Name(),
            Min = values.Min().Item<double>(),
            Mean = values.Mean().Item<double>(),
            Max = values.Max().Item<double>(),
            Std = values.Std(correction: 0).Item<double>(),
            NonFinite = values.Numel - values.IsFinite().Sum().Item<long>(),
            Zeros = values.Eq(0).To(DType.Float64).Mean().Item<double>(),
        };
    }

    static List<string> ObserveParameters(WalkContext context, Module network)
    {
        using var noGrad = Autograd.NoGrad();
        var without = new List<string>();
        foreach (var (name, parameter) in network.NamedParameters())
        {
            using var scope = Scope.New();
            var weights = parameter.Detach().To(DType.Float64);
            var gradient = parameter.Grad?.To(DType.Float64);
            if (gradient is null && parameter.RequiresGrad) without.Add(name);
            context.Run.Add(new ParameterObserved
            {
                Name = name,
                Shape = parameter.Shape,
                WeightNorm = weights.Norm().Item<double>(),
                WeightStd = weights.Numel > 1 ? weights.Std(correction: 0).Item<double>() : 0,
                GradientNorm = gradient?.Norm().Item<double>(),
                GradientNonFinite = gradient is null ? 0 : gradient.Numel - gradient.IsFinite().Sum().Item<long>(),
                UnitsIdentical = parameter.Rank > 1 && parameter.Size(0) > 1 && weights.Eq(weights.Narrow(0, 0, 1)).All().To(DType.Int64).Item<long>() == 1,
                RequiresGradient = parameter.RequiresGrad,
            });
        }

        return without;
    }

    /// <summary>Gradient of one example's outputs with respect to all inputs, in evaluation mode: it must stop at its own.</summary>
    static (double Across, double Own) Mixing(Module network, Tensor inputs, int count)
    {
        using var scope = Scope.New();
        network.Eval();
        var few = inputs.Narrow(0, 0, Math.Min(MixingBatch, count)).Detach().Clone();
        few.RequiresGrad = true;
        var tested = BatchAxis.ByGradient(few, network.Forward(few));
        network.Train();
        return (tested?.AcrossExamples ?? 0, tested?.OwnExample ?? 0);
    }
}
