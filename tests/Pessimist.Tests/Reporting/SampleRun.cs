using Pessimist.Checks;
using Pessimist.Data.Profiling;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

/// <summary>Two whole runs of <c>diagnose</c>, made up, with a fixed clock: digits that are learned, and digits at a learning rate of 10.</summary>
static class SampleRun
{
    public const string WorkingDirectory = "/home/ada/digits";

    static readonly string[] _digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    public static Run Healthy() => Run.Of(
    [
        Started([]),
        Target("label", _digits),
        Stage(1, "target", StageStatus.Passed, "accuracy on `label`, 10 classes; no goal was given: 0 errors are assumed to be possible", 0.01),
        .. Data("label"),
        Stage(2, "data", StageStatus.Passed, "1,797 rows, 64 features, none missing, no duplicates; labels depend on the inputs (p = 0.005)", 0.42),
        Model(3e-4),
        Stage(3, "start simple", StageStatus.Passed, "fully connected, one hidden layer of 128 units: 9,610 parameters, 0.4 MB a step", 0.05),
        .. FirstPass(),
        Stage(4, "runs", StageStatus.Passed, "3 operations, all finite; every parameter gets a gradient; examples are independent", 0.03),
        new InitialLossObserved { Loss = 2.41, Expected = Math.Log(10), ExpectedAs = "ln 10", Spread = 0.02, OutputScale = 0.4 },
        Stage(5, "initial loss", StageStatus.Passed, "2.410, near ln 10 = 2.303", 0.02),
        .. Enumerable.Range(0, 3).Select(seed => Batch(seed, SingleBatchVerdict.Passes, step => 2.4 * Math.Exp(-step / (18.0 + seed)), "the loss fell to 0.0001, 5 % of the start after 54 steps")),
        Stage(6, "single batch", StageStatus.Passed, "overfits 32 examples for 3 of 3 seeds", 0.8),
        Baseline("majority", 0.100, 0.074, 0.135), Baseline("logistic regression", 0.958, 0.933, 0.974), Baseline("3 nearest neighbours", 0.969, 0.946, 0.983),
        Stage(7, "baselines", StageStatus.Passed, "the best is 3 nearest neighbours with 96.9 %", 0.6),
        .. Enumerable.Range(1, 40).Select(epoch => new EpochFinished
        {
            Phase = "train", Epoch = epoch, Step = epoch * 36, TrainLoss = 2.3 * Math.Exp(-epoch / 6.0) + 0.004, TrainMetric = 1 - 0.9 * Math.Exp(-epoch / 4.0),
            ValidationLoss = 2.3 * Math.Exp(-epoch / 6.0) + 0.09 + epoch * 0.0004, ValidationMetric = 0.975 - 0.87 * Math.Exp(-epoch / 4.0),
            LearningRate = 3e-4, GradientNorm = 1.2 * Math.Exp(-epoch / 15.0), UpdateRatio = 1e-3, Seconds = 0.05,
        }),
        new TrainingEnded { Phase = "train", Ending = TrainingEnding.EarlyStopped, BestEpoch = 34, BestValidationMetric = 0.975, InitialLoss = 2.41, FinalLoss = 0.007 },
        Stage(8, "train", StageStatus.Passed, "40 epochs, stopped early; the best was epoch 34", 2.1),
        Measured("train", 1.0, 0.9966, 1.0, 1149), Measured("validation", 0.975, 0.950, 0.988, 288), Measured("test", 0.978, 0.957, 0.989, 360),
        new BaselineCompared { Baseline = "3 nearest neighbours", Split = "test", Metric = "accuracy", ModelValue = 0.978, BaselineValue = 0.969, P = 0.55, Count = 360, ModelIsBetter = true },
        new DecompositionMeasured
        {
            Model = "start", Metric = "error",
            Terms =
            [
                new("avoidable-bias", 0.000, 0.0, 0.0034, TermVerdict.Negligible, 0.01, "training error is 0.00 points above the goal (0.00 to 0.34): too little to matter"),
                new("variance", 0.025, 0.010, 0.050, TermVerdict.Real, 0.02, "validation error is 2.5 points above train error"),
                new("validation-overfitting", -0.003, -0.029, 0.021, TermVerdict.NoEvidence, 0.033, "test error is no higher than validation error as far as 360 examples can tell"),
            ],
        },
        Stage(9, "evaluate", StageStatus.Passed, "97.8 % of 360 test examples, overfitting 2.5 points", 0.04),
        new ConfusionMeasured
        {
            Split = "test", Classes = _digits,
            Counts = [.. Enumerable.Range(0, 10).Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, 10).Select(j => i == j ? 35 : (i, j) is (8, 1) ? 4 : (i, j) is (3, 9) or (9, 3) ? 2 : 0)])],
            Pairs = [new("8", "1", 4, 0.5, 0.103, 0.041, 0.236, ["row 1181", "row 1554"]), new("3", "9", 2, 0.25, 0.054, 0.015, 0.177, ["row 77"]), new("9", "3", 2, 0.25, 0.054, 0.015, 0.177, ["row 1658"])],
        },
        .. Enumerable.Range(0, 6).Select(i => new HardExample
        {
            Id = $"row {1181 + 60 * i}", Split = "test", Given = "8", Predicted = "1", Loss = 6.2 - i, Probability = 0.998 - 0.05 * i,
            Picture = new Picture(8, 8, 1, [.. Enumerable.Range(0, 64).Select(p => (byte)(p % 8 is 3 or 4 || (p / 8 + i) % 4 == 0 ? 255 - 3 * p : 0))]),
        }),
        Stage(10, "errors", StageStatus.Passed, "8 taken for 1 most often (4 times)", 0.02),
        .. Tuning(),
        Stage(11, "tune", StageStatus.Passed, "24 trials in 2 rounds: 98.3 % with lr 0.0021, width 192", 31.4),
        new NextAction { Action = "collect more training data", Why = "overfitting is the largest real gap: 2.5 points [1.0, 5.0]", Command = "pessimist diagnose digits.csv --target label --test more.csv" },
        new NextAction { Action = "add dropout or weight decay", Why = "cheaper than data, second in the list for overfitting" },
        Stage(12, "next", StageStatus.Passed, "collect more training data", 0.0),
        new RunEnded { Ending = RunEnding.Completed, At = 35.9 },
    ]);

    /// <param name="name">Name of the target column, to try hostile ones.</param>
    public static Run Sick(string name = "label") => Run.Of(
    [
        Started(["--lr", "10"]),
        Target(name, _digits),
        Stage(1, "target", StageStatus.Passed, $"accuracy on `{name}`, 10 classes; no goal was given: 0 errors are assumed to be possible", 0.01),
        .. Data(name),
        Stage(2, "data", StageStatus.NotEnoughEvidence, "1,797 rows, 64 features, pixel_0 is constant", 0.42),
        Model(10),
        Stage(3, "start simple", StageStatus.Passed, "fully connected, one hidden layer of 128 units: 9,610 parameters, 0.4 MB a step", 0.05),
        .. FirstPass(),
        Stage(4, "runs", StageStatus.Passed, "3 operations, all finite; every parameter gets a gradient; examples are independent", 0.03),
        new InitialLossObserved { Loss = 2.41, Expected = Math.Log(10), ExpectedAs = "ln 10" },
        Stage(5, "initial loss", StageStatus.Passed, "2.410, near ln 10 = 2.303", 0.02),
        .. Enumerable.Range(0, 3).Select(seed => Batch(seed, SingleBatchVerdict.Explodes, step => step < 40 ? 2.4 * Math.Pow(1.4, step) : double.NaN, "not finite after 40 steps")),
        new ExperimentFinished
        {
            Id = "learning-rate-ladder", For = "single-batch", Question = "does a smaller learning rate fit the batch?",
            Reading = "with lr 0.001 the loss after 200 steps is 0.01 instead of not finite", Outcome = ExperimentOutcome.Confirmed, Cause = "learning-rate-too-high", Remedy = "lr 0.001 instead of 10",
            Curves =
            [
                new Series("lr 10", [.. Enumerable.Range(0, 60).Select(i => i < 40 ? 2.4 * Math.Pow(1.4, i) : double.NaN)]),
                new Series("lr 0.001", [.. Enumerable.Range(0, 200).Select(i => 2.4 * Math.Exp(-i / 35.0))]),
            ],
            Seconds = 1.2,
        },
        new ExperimentFinished
        {
            Id = "direction-test", For = "single-batch", Question = "does the loss fall along the negative gradient?", Reading = "it does, for steps up to 0.05",
            Outcome = ExperimentOutcome.Refuted, Cause = "gradient-sign-flipped", Seconds = 0.2,
        },
        Stage(6, "single batch", StageStatus.Failed, "the loss explodes for 3 of 3 seeds: learning-rate-too-high, confirmed", 2.9, ["use a learning rate near 0.001"]),
        Baseline("majority", 0.100, 0.074, 0.135), Baseline("logistic regression", 0.958, 0.933, 0.974),
        Stage(7, "baselines", StageStatus.Passed, "the best is logistic regression with 95.8 %", 0.6),
        Stage(8, "train", StageStatus.Skipped, "needs a network that fits a single batch", 0),
        Stage(9, "evaluate", StageStatus.Skipped, "needs a trained network", 0),
        new NextAction { Action = "lower the learning rate to 0.001", Why = "it makes the single batch fit", Command = "pessimist diagnose digits.csv --target label --lr 0.001" },
        new RunEnded { Ending = RunEnding.Completed, At = 5.6 },
    ]);

    public static DiagnosisResult HealthyDiagnosis() => new([], [],
    [
        (Info("PES101", "constant-column", Level.Warning), new Verdict.Passed("every column varies")),
        (Info("PES902", "single-batch-explodes", Level.Error), new Verdict.Passed("3 of 3 seeds fit the batch")),
        (Info("PES402", "vanishing-gradients", Level.Warning), new Verdict.NotEnoughEvidence("the network has one hidden layer; at least 3 are needed")),
        (Info("PES305", "wrong-positive-weight", Level.Warning), new Verdict.NotApplicable("the task is not binary")),
    ]);

    public static DiagnosisResult SickDiagnosis(string name = "label")
    {
        var cause = new Finding
        {
            Code = "PES501",
            Name = "learning-rate-too-high",
            Level = Level.Error,
            EvidenceClass = EvidenceClass.Confirmed,
            Message = "the learning rate of 10 makes the loss explode",
            Evidence = [new("loss after 39 steps", "853,200", "the first loss, 2.4", "definition"), new("largest stable rate tried", "0.1", "", "")],
            Causes = [new("learning-rate-too-high", 1, "learning-rate-ladder")],
            Confirmation = "with lr 0.001 the loss after 200 steps is 0.01 instead of not finite",
            Explains = ["PES902"],
            Fixes = ["use a learning rate near 0.001"],
        };
        var constant = new Finding
        {
            Code = "PES101",
            Name = "constant-column",
            Level = Level.Warning,
            EvidenceClass = EvidenceClass.Proved,
            Message = $"column `{name}_0` has the same value in every row",
            Location = new Location($"{WorkingDirectory}/data/digits.csv", Column: $"{name}_0", Row: 2),
            Evidence = [new("distinct values", "1", "at least 2", "definition")],
            Notes = ["a constant column tells the network nothing"],
            Examples = ["row 2", "row 3", "row 4", "row 5", "row 6", "row 7", "row 8", "row 9", "row 10"],
            Fixes = ["leave the column out"],
        };
        var folded = new Finding
        {
            Code = "PES902",
            Name = "single-batch-explodes",
            Level = Level.Error,
            EvidenceClass = EvidenceClass.Proved,
            Message = "the loss on one frozen batch explodes",
        };
        return new DiagnosisResult([cause, constant], [folded],
        [
            (Info("PES101", "constant-column", Level.Warning), new Verdict.Found(constant)),
            (Info("PES501", "learning-rate-too-high", Level.Error), new Verdict.Found(cause)),
            (Info("PES902", "single-batch-explodes", Level.Error), new Verdict.Found(folded)),
            (Info("PES402", "vanishing-gradients", Level.Warning), new Verdict.Crashed("InvalidOperationException: sequence contains no elements")),
            (Info("PES305", "wrong-positive-weight", Level.Warning), new Verdict.NotApplicable("the task is not binary")),
        ]);
    }

    public static Report HealthyReport() => Fixed(Report.From(Healthy(), HealthyDiagnosis(), WorkingDirectory));

    public static Report SickReport(string name = "label") => Fixed(Report.From(Sick(name), SickDiagnosis(name), WorkingDirectory));

    /// <summary>The version must not be part of a snapshot.</summary>
    static Report Fixed(Report report) => report with { Tool = new ToolInfo("pessimist", "0.1.0") };

    static RunStarted Started(string[] more) => new()
    {
        Id = "20261120-154512-digits-7f3a",
        ToolVersion = "0.1.0",
        Command = "diagnose",
        Arguments = ["digits.csv", "--target", "label", .. more],
        Time = new DateTimeOffset(2026, 11, 20, 15, 45, 12, TimeSpan.Zero),
        Seed = 0,
        Libtorch = "1.13.1",
        Blas = "OpenBLAS",
        Threads = 2,
    };

    static TargetChosen Target(string name, string[] classes) => new()
    {
        Target = name,
        Task = "multi-class",
        Metric = "accuracy",
        HigherIsBetter = true,
        GoalFrom = "none given: 0 errors are assumed to be possible",
        Classes = classes,
    };

    static IEnumerable<Observation> Data(string name) =>
    [
        new DataProfiled(Profile(name)),
        Split("train", 1149, 115), Split("validation", 288, 29), Split("test", 360, 36),
        new NormalizationApplied
        {
            What = $"every feature but `{name}` standardized with the mean and deviation of the training set", Before = new ValueSummary(0, 4.88, 16, 6.02), After = new ValueSummary(-1.34, 0, 18.2, 0.98),
        },
    ];

    static DataProfile Profile(string name) => new()
    {
        Source = $"{WorkingDirectory}/digits.csv",
        Format = "CSV",
        Kind = Pessimist.Data.DataKind.Table,
        Count = 1797,
        InputShape = [64],
        Columns =
        [
            new ColumnFacts { Name = $"{name}_0", Kind = ColumnKind.Number, Count = 1797, Min = 0, Max = 0, Mean = 0, Std = 0, Median = 0, Distinct = 1, Zeros = 1, IsConstant = true },
            new ColumnFacts { Name = "pixel_1", Kind = ColumnKind.Number, Count = 1797, Min = 0, Max = 16, Mean = 5.2, Std = 4.8, Median = 4, Distinct = 17, Zeros = 0.3 },
            new ColumnFacts { Name = name, Kind = ColumnKind.Number, IsTarget = true, Count = 1797, Min = 0, Max = 9, Mean = 4.49, Std = 2.87, Median = 4, Distinct = 10, Zeros = 0.1 },
        ],
        Target = new TargetFacts
        {
            Task = Pessimist.Data.TaskKind.MultiClass,
            Columns = [name],
            Explanation = "10 whole numbers",
            Split = "stratified",
            Train = 1149,
            Validation = 288,
            Test = 360,
            Missing = 0,
            IsConstant = false,
        },
        Normalized = new Pessimist.Data.NormalizationCheck(true, 64, 0, 0.98, 1, null, "every feature has mean 0 and deviation 1"),
        Duplicates = new DuplicateFacts
        {
            Groups = 0,
            Extra = 0,
            ConflictingGroups = 0,
            TwinsInsideTrain = 0,
            ValidationInTrain = 0,
            TestInTrain = 0,
            TestInValidation = 0,
            ExpectedByChance = 0,
            AcrossP = 1,
            Pairs = [],
        },
        Determining = [],
        Dropped = [new Pessimist.Data.DroppedColumn($"{name}_0", Pessimist.Data.DropReason.Identifier, "it numbers the rows")],
        Unreadable = [],
        OddShapes = [],
        WrongExtensions = [],
    };

    static SplitMade Split(string split, int count, int each) => new()
    {
        Split = split,
        Count = count,
        How = "stratified by label, seed 0",
        Classes = [.. _digits.Select((d, i) => new Pessimist.Observations.ClassCount(d, each + (i % 3 - 1)))],
    };

    static ModelBuilt Model(double rate) => new()
    {
        Name = "fully connected, one hidden layer",
        Why = "the inputs are a table: start with one hidden layer",
        Text = "Sequential(\n  (0): Linear(64, 128)\n  (1): ReLU()\n  (2): Linear(128, 10)\n)",
        Layers = [new("0", "Linear", [32, 128], 8320, 16384), new("1", "ReLU", [32, 128], 0, 16384), new("2", "Linear", [32, 10], 1290, 1280)],
        Parameters = 9610,
        Memory = new StepMemory(38_440, 38_440, 76_880, 34_048, 8_192),
        Optimizer = "Adam",
        LearningRate = rate,
        BatchSize = 32,
        Initialization = "He normal",
    };

    static IEnumerable<Observation> FirstPass() =>
    [
        Operation("0", "Linear", 128, -3.9, 0.02, 4.1, 1.4, 0), Operation("1", "ReLU", 128, 0, 0.56, 4.1, 0.8, 0.5), Operation("2", "Linear", 10, -0.9, 0, 0.9, 0.4, 0),
        Parameter("0.weight", [128, 64], 0.177, 0.31), Parameter("0.bias", [128], 0, 0.05), Parameter("2.weight", [10, 128], 0.02, 0.9), Parameter("2.bias", [10], 0, 0.2),
        new BatchAxisTested { AcrossExamples = 0, OwnExample = 0.41 },
    ];

    static OperationTraced Operation(string module, string kind, long width, double min, double mean, double max, double std, double zeros) =>
        new() { Module = module, Operation = kind, Shape = [32, width], DType = "float32", Min = min, Mean = mean, Max = max, Std = std, Zeros = zeros };

    static ParameterObserved Parameter(string name, long[] shape, double std, double gradient) =>
        new() { Name = name, Shape = shape, WeightStd = std, WeightNorm = std * 30, GradientNorm = gradient };

    static SingleBatchTried Batch(int seed, SingleBatchVerdict verdict, Func<int, double> loss, string because) => new()
    {
        Seed = seed,
        Verdict = verdict,
        Losses = [.. Enumerable.Range(0, 60).Select(loss)],
        FinalError = verdict == SingleBatchVerdict.Passes ? 0 : 0.9,
        BatchSize = 32,
        FirstHash = "9c1f",
        LastHash = "9c1f",
        Because = because,
    };

    static BaselineMeasured Baseline(string name, double value, double low, double high) =>
        new() { Name = name, Split = "test", Metric = "accuracy", Value = value, Low = low, High = high, Seconds = 0.2 };

    static Evaluated Measured(string split, double value, double low, double high, int count) =>
        new() { Model = "start", Split = split, Metric = "accuracy", Value = value, Low = low, High = high, Count = count };

    static IEnumerable<Observation> Tuning()
    {
        for (var i = 0; i < 24; i++)
        {
            var (round, within) = (i / 12 + 1, i % 12);
            var rate = round == 1 ? Math.Pow(10, -5 + within * 0.4) : Math.Pow(10, -3.2 + within * 0.1);
            var failed = rate > 0.2;
            yield return new TrialFinished
            {
                Round = round,
                Number = i + 1,
                Parameters = new Dictionary<string, double> { ["lr"] = rate, ["weight decay"] = Math.Pow(10, -5 + within % 4), ["width"] = 32 * (within % 6 + 1) },
                Value = failed ? null : 0.983 - 0.08 * Math.Pow(Math.Log10(rate) + 2.7, 2),
                Failure = failed ? "the loss was not finite after 12 steps" : null,
                Epochs = round * 5,
                Seconds = 1.1,
            };
        }

        var wide = new Dictionary<string, ParameterRange> { ["lr"] = new(1e-5, 1, true), ["weight decay"] = new(1e-5, 1e-2, true), ["width"] = new(32, 192, true) };
        var fine = new Dictionary<string, ParameterRange> { ["lr"] = new(6e-4, 8e-3, true), ["weight decay"] = new(1e-5, 1e-3, true), ["width"] = new(64, 192, true) };
        yield return new RoundFinished { Round = 1, Trials = 12, Epochs = 5, Searched = wide, Kept = fine, Best = 0.981, Note = "the best quarter of 12 trials" };
        yield return new RoundFinished { Round = 2, Trials = 12, Epochs = 10, Searched = fine, Kept = fine, Best = 0.983 };
    }

    static CheckInfo Info(string code, string name, Level level) => new() { Code = code, Name = name, Level = level, Summary = name.Replace('-', ' '), Docs = "" };

    static StageFinished Stage(int number, string name, StageStatus status, string summary, double seconds, string[]? help = null) =>
        new() { Number = number, Name = name, Status = status, Summary = summary, Seconds = seconds, Help = help ?? [], Evidence = [$"facts behind stage {number}"] };
}
