using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

/// <summary>A watched training script, made up: one finding proved, one confirmed, one suspected, one folded, a crashed check, and experiments with curves.</summary>
static class SampleProgram
{
    public const string WorkingDirectory = "/home/ada/net";

    public static readonly string[] Script =
    [
        "def train_epoch(model, loader, optimizer, criterion):",
        "    for x, y in loader:",
        "        loss = criterion(model(x), y)",
        "        loss.backward()",
        "        optimizer.step()",
    ];

    public static Run Run() => Pessimist.Runs.Run.Of(
    [
        new RunStarted
        {
            Id = "20261121-101500-train-51b0",
            ToolVersion = "0.1.0",
            Command = "run",
            Arguments = ["train.py", "--epochs", "3"],
            Time = new DateTimeOffset(2026, 11, 21, 10, 15, 0, TimeSpan.Zero),
            Seed = 0,
            Libtorch = "2.4.0",
            Threads = 2,
        },
        new ExperimentFinished
        {
            Id = "drop-softmax", For = "single-batch", Question = "does the batch fit without the softmax?",
            Reading = "without the softmax (net.py:31) the loss after 120 steps is 0.21", Outcome = ExperimentOutcome.Confirmed, Cause = "softmax-before-cross-entropy", Remedy = "no softmax before the loss",
            Curves = [new Series("as it is", [.. Enumerable.Range(0, 120).Select(i => 1.46 + 0.84 * Math.Exp(-i / 40.0))]), new Series("without the softmax", [.. Enumerable.Range(0, 120).Select(i => 2.3 * Math.Exp(-i / 50.0))])],
            Seconds = 3.5,
        },
        new ExperimentFinished
        {
            Id = "learning-rate-ladder", For = "single-batch", Question = "does another learning rate fit the batch?", Reading = "at lr 0.01 the loss is not finite after 12 steps",
            Outcome = ExperimentOutcome.Refuted, Cause = "learning-rate-too-low",
            Curves = [new Series("lr 0.0001", [.. Enumerable.Range(0, 60).Select(i => 1.5)]), new Series("lr 0.01", [.. Enumerable.Range(0, 60).Select(i => i < 12 ? 1.5 * Math.Pow(2, i) : double.NaN)])],
            Seconds = 2,
        },
        new NextAction { Action = "return the logits from `Net.forward`", Why = "it makes the single batch fit", Command = "pessimist run train.py" },
        new RunEnded { Ending = RunEnding.Completed, At = 42.5 },
    ]);

    public static Location Loss { get; } = new($"{WorkingDirectory}/train.py", 57, "train_epoch")
    {
        SourceColumn = 16,
        EndColumn = 38,
        Label = "CrossEntropyLoss received rows that are >= 0 and sum to 1 in 120 of 120 batches",
        Excerpt = new Excerpt(55, Script),
    };

    public static DiagnosisResult Diagnosis()
    {
        var softmax = new Finding
        {
            Code = "PES302",
            Name = "softmax-before-cross-entropy",
            Level = Level.Error,
            EvidenceClass = EvidenceClass.Confirmed,
            Message = "softmax is applied before a loss that expects logits",
            Location = Loss,
            Related = [new RelatedLocation($"{WorkingDirectory}/net.py", 31, "the softmax")],
            Evidence = [new("rows that sum to 1 +- 1e-3", "100 %", "never, for logits", "definition"), new("loss after 120 steps", "1.53", "floor of a double softmax 1.46", "theory, K = 10")],
            Causes = [new("softmax-before-cross-entropy", 1, "drop-softmax")],
            Confirmation = "without the softmax (net.py:31) the loss after 120 steps is 0.21",
            Explains = ["PES904"],
            Fixes = ["return the logits from `Net.forward` (net.py:31); use softmax only when predicting"],
        };
        var frozen = new Finding
        {
            Code = "PES208",
            Name = "parameters-not-in-optimizer",
            Level = Level.Error,
            EvidenceClass = EvidenceClass.Proved,
            Message = "2 of 6 parameters are in no optimizer",
            Location = new Location($"{WorkingDirectory}/train.py", 12, "<module>") { Excerpt = new Excerpt(12, ["optimizer = SGD(model.body.parameters(), lr=0.1)"]) },
            Evidence = [new("parameters in no optimizer", "2", "0", "definition")],
            Fixes = ["give the optimizer `model.parameters()`"],
        };
        var vanishing = new Finding
        {
            Code = "PES402",
            Name = "vanishing-gradients",
            Level = Level.Warning,
            EvidenceClass = EvidenceClass.Suspected,
            Message = "the gradients shrink by a factor of 1e5 from the last layer to the first",
            Location = new Location($"{WorkingDirectory}/net.py", 18, Module: "body.0"),
            Evidence = [new("ratio of gradient norms", "1.2e-5", "1e-4", "published: Glorot & Bengio 2010")],
            Causes = [new("initialization-scale", 0.6), new("excessive-depth", 0.3)],
            Notes = ["the network has 12 layers with sigmoid"],
        };
        var plateau = new Finding { Code = "PES904", Name = "single-batch-plateaus", Level = Level.Error, EvidenceClass = EvidenceClass.Proved, Message = "the loss on one frozen batch plateaus" };
        var quiet = new Finding { Code = "PES701", Name = "eval-forgotten", Level = Level.Warning, EvidenceClass = EvidenceClass.Proved, Message = "validation ran in training mode", Location = new Location($"{WorkingDirectory}/train.py", 80) };
        return new DiagnosisResult([frozen, softmax, vanishing], [plateau],
        [
            (Info(frozen), new Verdict.Found(frozen)),
            (Info(softmax), new Verdict.Found(softmax)),
            (Info(vanishing), new Verdict.Found(vanishing)),
            (Info(quiet), new Verdict.Ignored("ignored by pessimist.json: ignore PES7", quiet)),
            (Info(plateau), new Verdict.Found(plateau)),
            (new CheckInfo { Code = "PES403", Name = "exploding-gradients", Level = Level.Error, Summary = "exploding gradients", Docs = "" }, new Verdict.Crashed("InvalidOperationException: sequence contains no elements")),
            (new CheckInfo { Code = "PES305", Name = "wrong-positive-weight", Level = Level.Warning, Summary = "wrong positive weight", Docs = "" }, new Verdict.NotApplicable("the task is not binary")),
        ]);
    }

    public static Report Report() => Pessimist.Reporting.Report.From(Run(), Diagnosis(), WorkingDirectory) with { Tool = new ToolInfo("pessimist", "0.1.0") };

    static CheckInfo Info(Finding finding) => new() { Code = finding.Code, Name = finding.Name, Level = finding.Level, Summary = finding.Name.Replace('-', ' '), Docs = "" };
}
