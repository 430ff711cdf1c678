using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Engine.Programs;
using Pessimist.Engine.Watching;
using Pessimist.Experiments;
using Pessimist.Runs;

namespace Pessimist.Corpus.Accuracy;

/// <summary>What the diagnosis said of one program, against what it should say.</summary>
public sealed record Judged(CorpusProgram Program, DiagnosisResult Result)
{
    /// <summary>Long enough for every symptom; what still falls then is no evidence.</summary>
    static readonly OverfitOptions s_overfit = new() { MostSteps = 1500 };

    /// <summary>Seconds after which the experiments on one program are given up.</summary>
    const double Patience = 120;

    public IReadOnlyList<Finding> Findings => Result.Findings;

    /// <summary>What would have to be read: errors and warnings, and for a cause that is a note by its catalogue, notes.</summary>
    IEnumerable<Finding> Told => Findings.Where(f => f.Level >= Level.Warning || Program.Cause.Contains(f.Code));

    IEnumerable<string> CodesOf(Finding finding) => [finding.Code, .. finding.Explains];

    /// <summary>Something at or above warning was said (or the note that was meant).</summary>
    public bool Detected => Told.Any();

    /// <summary>The cause is among the findings, on its own or folded.</summary>
    public bool Named => Told.SelectMany(CodesOf).Any(Program.Cause.Contains);

    public bool NamedFirst => Told.FirstOrDefault() is { } first && Program.Cause.Contains(first.Code);

    /// <summary>Findings that should not be there: on a healthy program all, on a sick one those that neither are the cause nor true as well.</summary>
    public IEnumerable<Finding> False(Level level) => Findings.Where(f => f.Level == level && !Program.Cause.Contains(f.Code) && !Program.Also.Contains(f.Code)
        && !IsSymptom(f));

    /// <summary>On a sick program the symptoms are true.</summary>
    bool IsSymptom(Finding finding) => !Program.IsHealthy && (finding.Code.StartsWith("PES9", StringComparison.Ordinal) || finding.Code is "PES301" or "PES607" or "PES611");

    /// <summary>Runs the program under the probe and makes the experiments, once.</summary>
    public static Run Record(CorpusProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var run = new Run();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Patience));
        try
        {
            ProgramDiagnosis.Run(program.Run, run, new ProbeOptions { Program = program.Name }, overfit: s_overfit, cancel: patience.Token);
        }
        catch (OperationCanceledException)
        {
            // What was seen until then counts.
        }

        return run;
    }

    public static Judged Of(CorpusProgram program, Run run) => new(program, Diagnose.Everything(run));
}
