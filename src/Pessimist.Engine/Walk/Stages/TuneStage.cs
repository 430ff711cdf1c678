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
/// epochs. Trials are judged by validation loss: on a small set an error rate is a count of a few, and its best is luck. The winner is trained
/// longer, and taken only when validation says so.
/// </summary>
sealed class TuneStage : Stage
{
    const int MostExamples = 10_000;
    const int FewestExamples = 1_000;
    const double KeptForTheEnd = 0.05;
    const int LongestUnit = 12;
    const int Finalists = 3;
    const int Repeats = 3;

    /// <summary>Trials and epochs (in units) of each round: wide and short first.</summary>
    static readonly (int Trials, int Units)[] s_rounds = [(10, 1), (8, 2), (6, 4)];

    public override string Name => "tune";

    public override IReadOnlyList<Type> Needs => [typeof(EvaluateStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        if (!context.Options.Tune) return StageOutcome.Skipped("left out, as --no-tune says");
        if (context.Evaluation!.Meets(context.Goal)) return StageOutcome.Skipped("not needed: the goal is met");
        var deadline = context.Budget.Leaving(KeptForTheEnd);
        if (context.Transfer is { } transfer) return transfer.FineTune(context, deadline, cancel);
        // What the final training will take is known from the first one, and set aside.
        var final = context.Trained!.Epochs[^1].Seconds;
        var available = Math.Max(0, deadline.Remaining.TotalSeconds - final);
        var units = s_rounds.Sum(r => r.Trials * r.Units);
        // Where time is short the problem is made simpler (P1.5), and not the search.
        var count = Math.Min(MostExamples, context.Train.Count);
        double perEpoch = final / context.Trained.Epochs.Count * count / context.Train.Count;
        while (available < units * perEpoch && count >= 2 * FewestExamples) (count, perEpoch) = (count / 2, perEpoch / 2);
        var train = context.Train.Take(count, context.Options.Seed);
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
            rows.Add($"round {r + 1}: {Words.Count(round.Count, "trial")} of {Words.Count(unit * s_rounds[r].Units, "epoch")}, best validation loss {Words.Number(round.Min(t => t.Value) ?? double.NaN)}; kept {string.Join(", ", search.Box.Select(b => $"{b.Key} {b.Value.Low:0.##e0} to {b.Value.High:0.##e0}"))} ({note})");
            if (deadline.Passed) break;
        }

        context.Configurations = trials.Count + 1;
        // The longest trials decide: a short one does not say what a long one would reach.
        var longest = trials.Where(t => t.Value is not null).GroupBy(t => t.Round).MaxBy(g => g.Key)?.OrderBy(t => t.Value).ToArray();
        if (longest is null) return StageOutcome.Failed("every trial failed or diverged");
        var winner = Winner(context, longest, train, trials, deadline, cancel);
        return Adopt(context, winner, final / context.Trained.Epochs.Count, rows, deadline, cancel);
    }

    /// <summary>The best of one seed is lucky: the first few are repeated under other seeds, and the mean decides.</summary>
    static TrialFinished Winner(WalkContext context, TrialFinished[] longest, DataSet train, List<TrialFinished> trials, Deadline deadline, CancellationToken cancel)
    {
        var means = new List<(TrialFinished Trial, double Mean)>();
        foreach (var finalist in longest.Take(Finalists))
        {
            var values = new List<double> { finalist.Value!.Value };
            for (var repeat = 1; repeat < Repeats; repeat++)
            {
                if (deadline.Remaining.TotalSeconds < finalist.Seconds * 4) return longest[0];
                context.Progress.Stepped(new WalkStep($"repeating the best under other seeds: {means.Count + 1} of {Finalists}", means.Count * (Repeats - 1) + repeat, Finalists * (Repeats - 1)));
                var trial = RunTrial(context, context.Setup with { Seed = context.Setup.Seed + repeat }, finalist.Parameters, train, finalist.Round + 1, trials.Count + 1, finalist.Epochs, deadline, cancel);
                trials.Add(trial);
                context.Run.Add(trial);
                values.Add(trial.Value ?? double.PositiveInfinity);
            }

            means.Add((finalist, values.Average()));
        }

        return means.MinBy(m => m.Mean).Trial;
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
            var trial = RunTrial(context, context.Setup, point, train, round + 1, trials.Count + 1, epochs, deadline, cancel);
            trials.Add(trial);
            finished.Add(trial);
            context.Run.Add(trial);
        }

        return (search.Close(finished.Select(t => new Tried(t.Parameters, t.Value))), finished);
    }

    static TrialFinished RunTrial(
        WalkContext context, TrainingSetup setup, IReadOnlyDictionary<string, double> point, DataSet train, int round, int number, int epochs, Deadline deadline, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var model = Trainer.Train(With(setup, point), train, context.Validation, new TrainingPlan
        {
            Phase = "tune",
            MaxEpochs = epochs,
            OneCycle = true,
            Deadline = deadline,
        }, cancel);
        double? value = model.BestEpoch == 0 || model.Ending == TrainingEnding.Diverged ? null : model.BestLoss;
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

    static StageOutcome Adopt(WalkContext context, TrialFinished best, double perEpoch, List<string> rows, Deadline deadline, CancellationToken cancel)
    {
        var setup = With(context.Setup, best.Parameters);
        var epochs = context.Options.Epochs ?? FinalEpochs(best, perEpoch, deadline);
        var tuned = Trainer.Train(setup, context.Train, context.Validation, new TrainingPlan
        {
            Phase = "tuned",
            WeightsFolder = context.Options.WeightsFolder,
            OnFault = context.Progress.Said,
            MaxEpochs = epochs,
            OneCycle = true,
            Deadline = deadline,
            OnEpoch = context.Run.Add,
            OnStep = Telling.Steps(context, "training the best", epochs, deadline),
        }, cancel);
        var (before, after) = (context.Trained!.BestLoss, tuned.BestEpoch == 0 ? double.PositiveInfinity : tuned.BestLoss);
        var found = string.Join(", ", best.Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:G3}")));
        if (after >= before)
        {
            tuned.Dispose();
            var refit = Refit(context, context.Setup, context.Trained.BestEpoch, oneCycle: false, perEpoch, deadline, cancel) ?? context.Evaluation!.Metric("test");
            return StageOutcome.Passed($"nothing better than the start: validation loss {Words.Number(before)} against {Words.Number(after)} with {found}; {TestWords(context, refit)}") with { Evidence = rows };
        }

        context.Trained!.Dispose();
        context.Trained = tuned;
        context.Setup = setup;
        var evaluation = ModelEvaluation.Measure(context, tuned, "tuned", cancel);
        context.Evaluation = evaluation;
        Comparison.Record(context, evaluation, "tuned");
        var test = Refit(context, setup, epochs, oneCycle: true, perEpoch, deadline, cancel) ?? evaluation.Metric("test");
        return StageOutcome.Passed($"{found}: validation loss {Words.Number(before)} -> {Words.Number(after)}, {TestWords(context, test)}") with { Evidence = rows };
    }

    static string TestWords(WalkContext context, MetricValue test)
    {
        var share = !context.Metric.IsRegression;
        return $"test {context.Metric.Name} {Words.Value(share, test.Value)} ({Words.Value(share, test.Low)} to {Words.Value(share, test.High)})";
    }

    /// <summary>
    /// The chosen configuration once more, on training and validation examples together: what one would ship. No choice hangs on it, so the
    /// test error stays honest. Null when the time does not allow it.
    /// </summary>
    static MetricValue? Refit(WalkContext context, TrainingSetup setup, int epochs, bool oneCycle, double perEpoch, Deadline deadline, CancellationToken cancel)
    {
        if (deadline.Remaining.TotalSeconds < 1.5 * perEpoch * epochs) return null;
        var prepared = context.Prepared;
        var both = prepared.Normalizer.Apply(prepared.Encoded.Subset([.. prepared.Split.Train, .. prepared.Split.Validation])).WithShape(context.Train.InputShape);
        using var model = Trainer.Train(setup, both, context.Validation, new TrainingPlan
        {
            Phase = "refit",
            WeightsFolder = context.Options.WeightsFolder,
            OnFault = context.Progress.Said,
            MaxEpochs = epochs,
            OneCycle = oneCycle,
            KeepLast = true,
            OnStep = Telling.Steps(context, "refitting on training and validation", epochs, deadline),
        }, cancel);
        if (model.Ending == TrainingEnding.Diverged) return null;
        var predictions = model.Predict(context.Test, prepared, cancel);
        var value = predictions.Metric(context.Metric);
        context.Run.Add(new Evaluated { Model = "refit", Split = "test", Metric = context.Metric.Name, Value = value.Value, Low = value.Low, High = value.High, Count = value.Count });
        return value;
    }

    /// <summary>Twice the longest trials, on all training examples, as far as the time allows.</summary>
    static int FinalEpochs(TrialFinished best, double secondsPerEpoch, Deadline deadline) =>
        Math.Clamp((int)(0.9 * deadline.Remaining.TotalSeconds / secondsPerEpoch), 1, 2 * best.Epochs);

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
