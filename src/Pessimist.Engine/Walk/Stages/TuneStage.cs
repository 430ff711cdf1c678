using System.Diagnostics;
using System.Globalization;
using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Studies;
using Pessimist.Studies.Samplers;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>
/// Stage 11: coarse-to-fine random search over learning rate, weight decay and width (P5.6), each round shorter in trials and longer in
/// epochs; then the best configuration is trained as the start was, and taken only when validation says so.
/// </summary>
sealed class TuneStage : Stage
{
    const int MostExamples = 10_000;
    const double KeptForTheEnd = 0.05;
    const int LongestUnit = 20;

    /// <summary>Trials and epochs (in units) of each round: wide and short first.</summary>
    static readonly (int Trials, int Units)[] s_rounds = [(10, 1), (8, 2), (6, 4)];

    public override string Name => "tune";

    public override IReadOnlyList<Type> Needs => [typeof(EvaluateStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        if (!context.Options.Tune) return StageOutcome.Skipped("left out, as --no-tune says");
        if (context.Evaluation!.Meets(context.Goal)) return StageOutcome.Skipped("not needed: the goal is met");
        var deadline = context.Budget.Leaving(KeptForTheEnd);
        var train = context.Train.Take(MostExamples, context.Options.Seed);
        // What the final training will take is known from the first one, and set aside.
        var final = context.Trained!.Epochs[^1].Seconds;
        var perEpoch = final / context.Trained.Epochs.Count * train.Count / context.Train.Count;
        var available = Math.Max(0, deadline.Remaining.TotalSeconds - final);
        var units = s_rounds.Sum(r => r.Trials * r.Units);
        var unit = (int)Math.Clamp(available / (units * perEpoch), 0, LongestUnit);
        if (unit == 0)
            return StageOutcome.NotEnoughEvidence($"no time is left for a search: it needs about {Math.Ceiling(units * perEpoch + final):N0} s") with
            {
                Help = [$"give more time with --budget {Math.Ceiling((context.Budget.Total.TotalSeconds + units * perEpoch + final) / 60):0}m"],
            };

        var search = new CoarseToFine(Space(context.Setup), context.Options.Seed);
        var trials = new List<TrialFinished>();
        var rows = new List<string>();
        for (var r = 0; r < s_rounds.Length; r++)
        {
            var searched = search.Box;
            var (note, round) = RunRound(context, search, train, r, unit * s_rounds[r].Units, trials, deadline, cancel);
            context.Run.Add(new RoundFinished
            {
                Round = r + 1,
                Trials = round.Count,
                Epochs = unit * s_rounds[r].Units,
                Searched = searched,
                Kept = search.Box,
                Best = round.Min(t => t.Value),
                Note = note,
            });
            rows.Add($"round {r + 1}: {Words.Count(round.Count, "trial")} of {Words.Count(unit * s_rounds[r].Units, "epoch")}, best validation {ErrorWords(context, round.Min(t => t.Value) ?? double.NaN)}; kept {string.Join(", ", search.Box.Select(b => $"{b.Key} {b.Value.Low:0.##e0} to {b.Value.High:0.##e0}"))} ({note})");
            if (deadline.Passed) break;
        }

        context.Configurations = trials.Count + 1;
        // The longest trials decide: a short one does not say what a long one would reach.
        var best = trials.Where(t => t.Value is not null && t.Round == trials.Max(x => x.Round)).MinBy(t => t.Value) ?? trials.Where(t => t.Value is not null).MinBy(t => t.Value);
        if (best is null) return StageOutcome.Failed("every trial failed or diverged");
        return Adopt(context, best, rows, deadline, cancel);
    }

    static (string Note, IReadOnlyList<TrialFinished> Round) RunRound(
        WalkContext context, CoarseToFine search, DataSet train, int round, int epochs, List<TrialFinished> trials, Deadline deadline, CancellationToken cancel)
    {
        var points = search.Draw(s_rounds[round].Trials).ToList();
        // The configuration at hand is a trial like any other.
        if (round == 0) points[0] = Current(context.Setup);
        var finished = new List<TrialFinished>();
        foreach (var point in points)
        {
            cancel.ThrowIfCancellationRequested();
            if (deadline.Passed) break;
            context.Progress.Stepped(new WalkStep($"round {round + 1} of {s_rounds.Length}, trial {finished.Count + 1} of {points.Count}", finished.Count, points.Count, null));
            var trial = RunTrial(context, point, train, round + 1, trials.Count + 1, epochs, deadline, cancel);
            trials.Add(trial);
            finished.Add(trial);
            context.Run.Add(trial);
        }

        return (search.Close(finished.Select(t => new Tried(t.Parameters, t.Value))), finished);
    }

    static TrialFinished RunTrial(
        WalkContext context, IReadOnlyDictionary<string, double> point, DataSet train, int round, int number, int epochs, Deadline deadline, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var model = Trainer.Train(With(context.Setup, point), train, context.Validation, new TrainingPlan
        {
            Phase = "tune",
            MaxEpochs = epochs,
            Patience = Math.Max(5, epochs / 2),
            Deadline = deadline,
        }, cancel);
        double? value = model.BestEpoch == 0 || model.Ending == TrainingEnding.Diverged ? null : Objective(context, model);
        return new TrialFinished
        {
            Round = round,
            Number = number,
            Parameters = point,
            Value = value,
            Failure = value is null ? "diverged" : null,
            Epochs = model.Epochs.Count,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
    }

    /// <summary>The error; among equal errors the loss decides, which is finer than a count on a small set.</summary>
    static double Objective(WalkContext context, TrainedModel model)
    {
        var best = model.Epochs[model.BestEpoch - 1];
        return context.Setup.Task == TaskKind.Regression ? model.BestLoss : best.ValidationMetric!.Value + 1e-3 * Math.Min(model.BestLoss, 100);
    }

    static StageOutcome Adopt(WalkContext context, TrialFinished best, List<string> rows, Deadline deadline, CancellationToken cancel)
    {
        var setup = With(context.Setup, best.Parameters);
        var tuned = Trainer.Train(setup, context.Train, context.Validation, new TrainingPlan
        {
            Phase = "tuned",
            MaxEpochs = context.Options.Epochs ?? TrainStage.DefaultEpochs(context.Train.Count),
            Patience = TrainStage.Patience(context.Train.Count),
            Deadline = deadline,
            OnEpoch = context.Run.Add,
            OnStep = Telling.Steps(context, "training the best", TrainStage.DefaultEpochs(context.Train.Count), deadline),
        }, cancel);
        var (before, after) = (Objective(context, context.Trained!), tuned.BestEpoch == 0 ? double.PositiveInfinity : Objective(context, tuned));
        var found = string.Join(", ", best.Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:G3}")));
        if (after >= before)
        {
            tuned.Dispose();
            return StageOutcome.Passed($"nothing better than the start: validation {ErrorWords(context, before)} against {ErrorWords(context, after)} with {found}") with { Evidence = rows };
        }

        context.Trained!.Dispose();
        context.Trained = tuned;
        context.Setup = setup;
        var evaluation = ModelEvaluation.Measure(context, tuned, "tuned", cancel);
        context.Evaluation = evaluation;
        Comparison.Record(context, evaluation);
        var share = !context.Metric.IsRegression;
        var test = evaluation.Metric("test");
        return StageOutcome.Passed($"{found}: validation {ErrorWords(context, before)} -> {ErrorWords(context, after)}, test {context.Metric.Name} {Words.Value(share, test.Value)} ({Words.Value(share, test.Low)} to {Words.Value(share, test.High)})") with { Evidence = rows };
    }

    static string ErrorWords(WalkContext context, double objective) => context.Setup.Task == TaskKind.Regression
        ? $"loss {Words.Number(objective)}"
        : $"error {Words.Percent(Math.Round(objective, 3))}";

    static Parameter[] Space(TrainingSetup setup)
    {
        List<Parameter> space = [new("lr", 1e-5, 1e-1, log: true), new("weight_decay", 1e-6, 1e-1, log: true)];
        if (setup.CreateWidth is not null) space.Add(new("width", 16, 512, log: true, integer: true));
        return [.. space];
    }

    static Dictionary<string, double> Current(TrainingSetup setup) => Space(setup).ToDictionary(p => p.Name, p => p.Name switch
    {
        "lr" => setup.LearningRate,
        "weight_decay" => setup.WeightDecay,
        _ => setup.Width!.Value,
    });

    static TrainingSetup With(TrainingSetup setup, IReadOnlyDictionary<string, double> point) => setup with
    {
        LearningRate = point["lr"],
        WeightDecay = point["weight_decay"],
        Width = point.TryGetValue("width", out var width) ? (int)width : setup.Width,
    };
}
