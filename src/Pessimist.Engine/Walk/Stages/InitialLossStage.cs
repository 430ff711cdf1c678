using Pessimist.Checks.Loss;
using Pessimist.Data;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 5: the untrained network's loss against that of knowing nothing: ln K, or the variance of the targets.</summary>
sealed class InitialLossStage : Stage
{
    const int Seeds = 5;
    const int MostExamples = 2000;

    public override string Name => "initial loss";

    public override IReadOnlyList<Type> Needs => [typeof(ForwardBackwardStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var data = context.Train.Take(MostExamples, context.Options.Seed);
        using var examples = Trainer.Examples(data, context.Setup);
        var tried = Enumerable.Range(0, Seeds).Select(s => Untrained(context.Setup with { Seed = context.Setup.Seed + s }, examples.Inputs, examples.Targets)).ToArray();
        var (expected, words) = Expected(data);
        var loss = tried.Average(t => t.Loss);
        var spread = Math.Sqrt(tried.Average(t => (t.Loss - loss) * (t.Loss - loss)));
        var scale = tried.Average(t => t.OutputScale);
        // Only a loss that is clearly off is worth the experiments; a tenth too much is told, and that is all.
        var experiments = new UnexpectedInitialLoss.Limits().IsOff(loss, expected) ? WhichSetting(context, data, cancel) : [];
        var confirmed = experiments.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed);
        var observed = new InitialLossObserved
        {
            Loss = loss,
            Expected = expected,
            ExpectedAs = words,
            Spread = spread,
            OutputScale = scale,
            Reason = confirmed is null ? ReasonFor(loss, expected, scale, context) : $"{confirmed.Cause}: {confirmed.Reading}",
        };
        context.Run.Add(observed);
        foreach (var experiment in experiments) context.Run.Add(experiment);
        var says = $"initial loss {Words.Number(loss)}, expected {Words.Number(expected)} ({words})";
        return (observed.Reason is null ? StageOutcome.Passed(says) : new StageOutcome(StageStatus.Passed, $"{says}: {observed.Reason}")) with
        {
            Evidence =
            [
                $"mean of {Seeds} seeds, standard deviation {Words.Number(spread)}; root mean square of the outputs {Words.Number(scale)}",
                .. experiments.Select(e => $"{e.Question} {e.Reading}"),
            ],
        };
    }

    static IReadOnlyList<ExperimentFinished> WhichSetting(WalkContext context, DataSet data, CancellationToken cancel)
    {
        var subject = new TorchSubject(context.Setup, data, context.Options.Normalize ? null : context.NormalizedInputs(data));
        return InitialLossReason.Measure(subject, [context.Setup.Seed, context.Setup.Seed + 1], cancel).Experiments;
    }

    static (double Loss, double OutputScale) Untrained(TrainingSetup setup, Tensor inputs, Tensor targets)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        using var network = setup.Build();
        network.Eval();
        var output = network.Forward(inputs);
        return (setup.Loss(output, targets).Item<float>(), Math.Sqrt((output * output).Mean().Item<float>()));
    }

    static (double Expected, string Words) Expected(DataSet data)
    {
        if (data.Task == TaskKind.Regression) return (MeanSquare(data.Values), "the variance of the standardized targets");
        if (data.Task == TaskKind.MultiLabel) return (Math.Log(2), "ln 2");
        return (Math.Log(data.OutputWidth), $"ln {data.OutputWidth}");
    }

    static double MeanSquare(float[] values) => values.Length == 0 ? double.NaN : values.Average(v => (double)v * v);

    /// <summary>Null when the loss is where it should be; a tenth above ln K is what outputs of a third of a unit give.</summary>
    static string? ReasonFor(double loss, double expected, double scale, WalkContext context)
    {
        if (!double.IsFinite(loss)) return "the outputs overflow";
        if (loss <= expected * 1.5) return null;
        return context.Options.Normalize
            ? $"the outputs are far from 0 (root mean square {Words.Number(scale)}): the initialization is too large"
            : $"the outputs are far from 0 (root mean square {Words.Number(scale)}): the inputs are not normalized";
    }
}
