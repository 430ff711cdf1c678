using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 8: a first look at whether the loss goes down within a few epochs on a small part, then training with validation.</summary>
sealed class TrainStage : Stage
{
    /// <summary>P5.2: a usable learning rate lowers the loss within 1 to 5 epochs.</summary>
    const int LookEpochs = 5;

    /// <summary>P1.5: about 10,000 examples to start with.</summary>
    const int LookExamples = 10_000;

    /// <summary>Share of the budget kept for what comes after.</summary>
    const double KeptForLater = 0.45;

    public override string Name => "train";

    public override IReadOnlyList<Type> Needs => [typeof(SingleBatchStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        if (!Look(context, cancel, out var look)) return look;

        var deadline = context.Budget.Leaving(context.Options.Tune ? KeptForLater : 0.1);
        var most = context.Options.Epochs ?? DefaultEpochs(context.Train.Count);
        var model = Trainer.Train(context.Setup, context.Train, context.Validation, new TrainingPlan
        {
            Phase = "train",
            WeightsFolder = context.Options.WeightsFolder,
            OnFault = context.Progress.Said,
            MaxEpochs = most,
            Patience = Patience(context.Train.Count),
            Deadline = deadline,
            OnEpoch = context.Run.Add,
            OnStep = Telling.Steps(context, "training", most, deadline),
        }, cancel);
        context.Trained?.Dispose();
        context.Trained = model;
        Record(context, model, "train");
        var last = model.Epochs[^1];
        var how = model.Ending switch
        {
            TrainingEnding.Diverged => "diverged",
            TrainingEnding.EarlyStopped => "stopped as the validation loss no longer falls",
            TrainingEnding.BudgetSpent => "stopped as its share of the budget is spent",
            _ => "all epochs done",
        };
        if (model.Ending == TrainingEnding.Diverged || model.BestEpoch == 0)
        {
            return StageOutcome.Failed($"training diverged: loss {Words.Number(model.InitialLoss)} before, {Words.Number(last.TrainLoss)} after {Words.Count(last.Epoch, "epoch")}") with
            {
                Help = ["lower the learning rate", $"pessimist diagnose {context.Options.DataWords} --lr {context.Setup.LearningRate / 10:G3}"],
            };
        }

        return StageOutcome.Passed($"{Words.Count(last.Epoch, "epoch")}, {how}; best epoch {model.BestEpoch}: validation loss {Words.Number(model.BestLoss)}, training loss {Words.Number(model.Epochs[model.BestEpoch - 1].TrainLoss)}") with
        {
            Evidence = [$"{Words.Count(context.Train.Count, "training example")}, batch {context.Setup.BatchSize}, {context.Setup.Optimizer} with lr {context.Setup.LearningRate:G3}", look.Summary],
        };
    }

    static bool Look(WalkContext context, CancellationToken cancel, out StageOutcome outcome)
    {
        var some = context.Train.Take(LookExamples, context.Options.Seed);
        var validation = context.Validation.Take(2000, context.Options.Seed);
        using var model = Trainer.Train(context.Setup, some, validation, new TrainingPlan
        {
            Phase = "lr-check",
            MaxEpochs = LookEpochs,
            Deadline = context.Budget.Leaving(0.8),
            OnEpoch = context.Run.Add,
            OnStep = Telling.Steps(context, "first look", LookEpochs, context.Budget.Leaving(0.8)),
        }, cancel);
        Record(context, model, "lr-check");
        var lowest = model.Epochs.Min(e => e.TrainLoss);
        var words = $"first look: loss {Words.Number(model.InitialLoss)} -> {Words.Number(lowest)} in {Words.Count(model.Epochs.Count, "epoch")} on {Words.Count(some.Count, "example")}";
        // After a huge first step the loss of few wrong answers can stay above ln K while nearly all are right.
        var learns = model.Epochs.Min(e => e.ValidationMetric) < Trainer.BlindError(validation) / 2;
        // What was cut off after a few steps has shown nothing.
        var falls = model.Ending != TrainingEnding.Diverged && (lowest < model.InitialLoss || learns || model.Ending == TrainingEnding.BudgetSpent);
        outcome = falls ? StageOutcome.Passed(words) : StageOutcome.Failed($"{words}: it does not go down") with
        {
            Help = [model.Ending == TrainingEnding.Diverged ? "lower the learning rate" : "raise the learning rate, or look at the data: the targets may not depend on the inputs"],
        };
        return falls;
    }

    static void Record(WalkContext context, TrainedModel model, string phase) => context.Run.Add(new TrainingEnded
    {
        Phase = phase,
        Ending = model.Ending,
        BestEpoch = model.BestEpoch,
        BestValidationMetric = model.BestEpoch > 0 ? model.Epochs[model.BestEpoch - 1].ValidationMetric : null,
        InitialLoss = model.InitialLoss,
        FinalLoss = model.Epochs[^1].TrainLoss,
    });

    /// <summary>Enough steps for a small set, few epochs for a large one; patience ends it earlier.</summary>
    public static int DefaultEpochs(int count) => Math.Clamp(600_000 / Math.Max(1, count), 12, 300);

    public static int Patience(int count) => count >= 20_000 ? 3 : Math.Clamp(DefaultEpochs(count) / 10, 5, 20);
}
