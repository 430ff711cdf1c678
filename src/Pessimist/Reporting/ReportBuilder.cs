using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Reporting;

/// <summary>Gathers a <see cref="Report"/> from the observations of a run and the verdicts on it.</summary>
sealed class ReportBuilder(Run run, DiagnosisResult diagnosis, string workingDirectory)
{
    const int MaxHardExamples = 48;
    const int MaxClassesInMatrix = 50;
    const int MaxRows = 2000;
    const int MaxItems = 200;
    const int MaxCurves = 12;
    const int MaxPictureSide = 48;
    const int MaxPictureBytes = 120 << 10;

    readonly IReadOnlyList<Observation> _all = run.Observations;
    readonly List<string> _faults = [];
    readonly SourceReader _sources = new(workingDirectory, End(run));

    IEnumerable<T> All<T>() where T : Observation => _all.OfType<T>();

    public Report Build()
    {
        IReadOnlyList<Finding> findings = [.. diagnosis.Findings.Select(Relative)];
        var info = Part("run", Info, new RunInfo { Id = "", Command = "", Arguments = [], Seconds = 0, Ending = "killed" });
        var report = new Report
        {
            Tool = ToolInfo.Current,
            Run = info,
            Summary = Summarize(findings, info),
            Findings = findings,
            Folded = [.. diagnosis.Folded.Select(Relative)],
            Ignored = NullIfEmpty(diagnosis.Verdicts.Select(v => v.Verdict).OfType<Verdict.Ignored>().Where(i => i.Finding is not null).Select(i => new IgnoredFinding(Relative(i.Finding!), i.Why))),
            Settings = Settings(),
            Checks = [.. diagnosis.Verdicts.Select(v => new CheckResult(v.Info.Code, v.Info.Name, v.Verdict.Word, Why(v.Verdict), v.Info.Summary))],
            Stages = Part("stages", () => List(All<StageFinished>().OrderBy(s => s.Number).Select(s => new StageResult(s.Number, s.Name, s.Status, s.Summary, s.Evidence, s.Help, s.Seconds))), []),
            Next = Part("next steps", () => List(All<NextAction>().Select(n => new NextStep(n.Action, n.Why, n.Command))), []),
            // The last model is the one to go on with: one value per split and metric. Details hold those of every model.
            Metrics = Part("metrics", () => NullIfEmpty(Metrics().GroupBy(m => (m.Split, m.Metric)).Select(g => g.Last())), null),
            Decomposition = Part("decomposition", () => NullIfEmpty(Decompositions().GroupBy(t => t.Model).LastOrDefault() ?? Enumerable.Empty<DecomposedTerm>()), null),
            Confused = Part("confused classes", () => NullIfEmpty(All<ConfusionMeasured>().SelectMany(c => c.Pairs)), null),
            Slices = NullIfEmpty(All<SliceMeasured>().Select(s => new SliceResult(s.Where, s.N, s.Error, s.Low, s.High))),
            LabelSuspects = NullIfEmpty(All<LabelSuspected>().OrderByDescending(s => s.Score).Select(s => new LabelSuspect(s.Example, s.Given, s.Suggested, s.Score))),
            Calibration = All<CalibrationMeasured>().LastOrDefault() is { } c ? new CalibrationResult(c.Ece, c.Low, c.High) : null,
            Baselines = NullIfEmpty(All<BaselineMeasured>().Select(b => new BaselineResult(b.Name, b.Metric, b.Value, b.Low, b.High, b.Split))),
            Study = Part("study", () => Study(info.Id), null),
            SingleBatch = Part("single batch", SingleBatch, null),
            Details = Details(),
        };
        return report with { Faults = NullIfEmpty(_faults) };
    }

    /// <summary>A recorded run comes from a file that anybody may have written: a part that cannot be made is left out, and one line says so.</summary>
    T Part<T>(string name, Func<T> make, T fallback)
    {
        try
        {
            return make();
        }
#pragma warning disable CA1031 // Whatever a part throws, it must not take the others down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Add(Sections.Fault(name, e));
            return fallback;
        }
    }

    SettingsInfo? Settings()
    {
        var settings = diagnosis.Settings;
        var limits = settings.ChangedLimits();
        return settings.Select.Count + settings.Ignore.Count + settings.PerFile.Count + limits.Count == 0 ? null
            : new SettingsInfo(settings.File, [.. settings.Select.Select(s => s.Text)], [.. settings.Ignore.Select(s => s.Text)], limits);
    }

    IEnumerable<MetricResult> Metrics() => All<Evaluated>().Select(e => new MetricResult(e.Split, e.Metric, e.Value, e.Low, e.High, e.Count, e.Model));

    IEnumerable<DecomposedTerm> Decompositions() => All<DecompositionMeasured>().SelectMany(d => d.Terms.Select(t =>
        new DecomposedTerm(t.Name, t.Value, t.Low, t.High, t.Verdict, t.Sentence, d.Model, d.Metric, t.Detectable)));

    static DateTimeOffset? End(Run run)
    {
        var all = run.Observations;
        return all.OfType<RunStarted>().FirstOrDefault() is { Time.Year: > 1 and < 9000 } start && Seconds(all) is >= 0 and < 1e9 and var seconds
            ? start.Time.AddSeconds(Math.Ceiling(seconds)) : null;
    }

    static double Seconds(IReadOnlyList<Observation> all) => all.Max(o => o.At) is { } at && double.IsFinite(at) ? at : all.OfType<StageFinished>().Sum(s => s.Seconds);

    RunInfo Info()
    {
        var start = All<RunStarted>().FirstOrDefault();
        var end = All<RunEnded>().LastOrDefault();
        return new RunInfo
        {
            Id = start?.Id ?? "",
            Command = start?.Command ?? "",
            Arguments = [.. (start?.Arguments ?? []).Take(MaxRows).Select(RelativePath)],
            Time = start?.Time,
            Seconds = Seconds(_all),
            Ending = end?.Ending switch
            {
                RunEnding.Completed => "completed",
                RunEnding.Interrupted => "interrupted",
                RunEnding.Failed => "failed",
                _ => "killed",
            },
            Message = end?.Message,
            Seed = start?.Seed ?? 0,
            Device = start?.Device ?? "",
            Libtorch = start?.Libtorch,
            Blas = start?.Blas,
            Threads = start?.Threads ?? 0,
            RecordedBy = start?.ToolVersion ?? "",
            ExitCode = end?.ExitCode,
            Program = Program(),
        };
    }

    ProgramInfo? Program()
    {
        if (All<ProgramStarted>().FirstOrDefault() is not { } program) return null;
        var ended = All<ProgramEnded>().LastOrDefault();
        return new ProgramInfo(RelativePath(program.Program), program.Language, program.Framework, ended?.Steps, ended?.Seconds, ended?.ProbeSeconds, ended?.Dropped ?? 0,
            [.. (ended?.Faults ?? []).Take(MaxItems)], [.. program.Unobserved.Take(MaxItems)]);
    }

    Summary Summarize(IReadOnlyList<Finding> findings, RunInfo info)
    {
        int Verdicts<T>() where T : Verdict => diagnosis.Verdicts.Count(v => v.Verdict is T);
        var counts = new CheckCounts(
            diagnosis.Verdicts.Count, Verdicts<Verdict.Passed>(), Verdicts<Verdict.Found>(), diagnosis.Folded.Count,
            Verdicts<Verdict.NotApplicable>(), Verdicts<Verdict.NotEnoughEvidence>(), Verdicts<Verdict.Crashed>(), Verdicts<Verdict.Ignored>());
        int Level(Level level) => findings.Count(f => f.Level == level);
        return new Summary(Level(Checks.Level.Error), Level(Checks.Level.Warning), Level(Checks.Level.Note), Headline(findings, info, counts), counts);
    }

    string Headline(IReadOnlyList<Finding> findings, RunInfo info, CheckCounts counts)
    {
        var ending = info.Ending switch
        {
            "failed" => $"the run failed{(string.IsNullOrEmpty(info.Message) ? "" : ": " + info.Message)}",
            "interrupted" => "the run was interrupted" + After(),
            "killed" => "the run ended without a last record" + After(),
            _ => "",
        };
        string result;
        if (findings.Count > 0 && findings[0].Level > Level.Note)
            result = findings[0].Message;
        else if (All<StageFinished>().FirstOrDefault(s => s.Status == StageStatus.Failed) is { } failed)
            result = $"stage {failed.Number} ({failed.Name}) failed: {failed.Summary}";
        else
            result = counts.Total == 0 ? "" : SawNothing(info) ? "no training was seen: no loss, no backward pass and no step of an optimizer, so that nothing could be judged" : $"no problems found in {Numbers.Plural(counts.Total, "check")}{Asides(counts, findings.Count)}{TestResult()}";
        return (ending, result) switch
        {
            ("", "") => "nothing was checked",
            ("", _) => result,
            (_, "") => ending,
            _ => $"{ending}; {result}",
        };
    }

    /// <summary>A program was run that does not train, or not with PyTorch.</summary>
    bool SawNothing(RunInfo info) => info.ExitCode is not null && !_all.Any(o => o is LoopEvent or LossObserved or SingleBatchTried);

    string TestResult() => All<Evaluated>().LastOrDefault(e => e.Split == "test") is { } e
        ? $"; test {e.Metric} {Numbers.Metric(e.Metric, e.Value)} {Numbers.Interval(e.Metric, e.Low, e.High)}".TrimEnd()
        : "";

    string After() => All<StageFinished>().LastOrDefault() is { } last ? $" after stage {last.Number} ({last.Name})" : "";

    static string Asides(CheckCounts counts, int notes)
    {
        List<string> parts = [];
        if (notes > 0) parts.Add(Numbers.Plural(notes, "note"));
        if (counts.NotEnoughEvidence > 0) parts.Add($"{counts.NotEnoughEvidence} lacked evidence");
        if (counts.Crashed > 0) parts.Add($"{counts.Crashed} crashed");
        if (counts.Ignored > 0) parts.Add($"{counts.Ignored} ignored");
        return parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})";
    }

    static string Why(Verdict verdict) => verdict switch
    {
        Verdict.Passed p => p.Why,
        Verdict.Found f => f.Finding.Message,
        Verdict.NotApplicable n => n.Why,
        Verdict.NotEnoughEvidence n => n.Why,
        Verdict.Crashed c => c.Message,
        Verdict.Ignored i => i.Finding is { } finding ? $"{i.Why}: {finding.Message}" : i.Why,
        _ => "",
    };

    StudyResult? Study(string id)
    {
        var trials = All<TrialFinished>().ToArray();
        if (trials.Length == 0) return null;
        var good = trials.Where(t => t.Value is { } v && double.IsFinite(v));
        var target = All<TargetChosen>().LastOrDefault();
        var best = target?.HigherIsBetter ?? true ? good.MaxBy(t => t.Value) : good.MinBy(t => t.Value);
        return new StudyResult(id, trials.Length, trials.Count(t => t.Value is null), best is null ? null : new BestTrial(best.Number, best.Value!.Value, best.Parameters), null);
    }

    SingleBatchResult? SingleBatch()
    {
        var tried = All<SingleBatchTried>().ToArray();
        if (tried.Length == 0) return null;
        // In a draw a failure counts: a single batch that fits for only half of the seeds has not passed.
        var verdict = tried.GroupBy(t => t.Verdict).OrderByDescending(g => g.Count()).ThenBy(g => g.Key == SingleBatchVerdict.Passes).First().Key;
        return new SingleBatchResult(verdict,
        [
            .. tried.Select(t => new SingleBatchRun(t.Seed, t.Verdict, t.Losses.Count, First(t.Losses), Last(t.Losses), t.Floor, t.BatchSize, t.Because,
                new Series($"seed {t.Seed}", t.Losses).Thin(), t.FinalError)),
        ]);
    }

    static double First(IReadOnlyList<double> values) => values.Count > 0 ? values[0] : double.NaN;

    static double Last(IReadOnlyList<double> values) => values.Count > 0 ? values[^1] : double.NaN;

    Details Details() => new()
    {
        Target = All<TargetChosen>().LastOrDefault(),
        Data = Part("data", () => All<DataProfiled>().LastOrDefault() is { } data ? DataSummaries.Of(data.Profile) with { Source = RelativePath(data.Profile.Source) } : null, null),
        Splits = List(All<SplitMade>()),
        Normalization = List(All<NormalizationApplied>()),
        Models = Part("network", () => List(All<ModelBuilt>().Take(8).Select(m => m with { Layers = List(m.Layers) })), []),
        Operations = List(All<OperationTraced>()),
        Parameters = List(All<ParameterObserved>()),
        InitialLoss = All<InitialLossObserved>().FirstOrDefault(),
        Training = Part("training", () => List(All<EpochFinished>().GroupBy(e => e.Phase).Select(Curves)), []),
        Experiments = Part("experiments", () => List(All<ExperimentFinished>().Select(e => e with { Curves = [.. e.Curves.Take(MaxCurves).Select(c => c.Thin())] })), []),
        Metrics = Part("metrics", () => List(Metrics()), []),
        Decompositions = Part("decompositions", () => List(Decompositions()), []),
        Comparisons = List(All<BaselineCompared>()),
        Confusion = Part("confusion", () => List(All<ConfusionMeasured>().Select(c => c.Classes.Count <= MaxClassesInMatrix ? c : c with { Counts = [] })), []),
        HardExamples = Part("hard examples", () => List(WithinBudget(All<HardExample>().OrderByDescending(h => h.Loss).Take(MaxHardExamples))), []),
        Trials = List(All<TrialFinished>()),
        Rounds = List(All<RoundFinished>()),
    };

    /// <summary>Small pictures, as many as a page can carry.</summary>
    static IEnumerable<HardExample> WithinBudget(IEnumerable<HardExample> examples)
    {
        var left = MaxPictureBytes;
        foreach (var example in examples)
        {
            var small = example.Picture?.Shrunk(MaxPictureSide);
            left -= small?.Pixels.Length ?? 0;
            yield return example with { Picture = left >= 0 ? small : null };
        }
    }

    TrainingCurves Curves(IGrouping<string, EpochFinished> phase)
    {
        var epochs = phase.OrderBy(e => e.Epoch).ToArray();
        var end = All<TrainingEnded>().LastOrDefault(e => e.Phase == phase.Key);
        Series? Of(string name, Func<EpochFinished, double?> value)
        {
            var points = epochs.Select(e => (X: (double)e.Epoch, Y: value(e))).Where(p => p.Y is not null).ToArray();
            return points.Length == 0 ? null : new Series(name, [.. points.Select(p => p.Y!.Value)], [.. points.Select(p => p.X)]).Thin();
        }

        static IReadOnlyList<Series> Kept(params Series?[] series) => [.. series.OfType<Series>()];
        return new TrainingCurves(phase.Key,
            Kept(Of("train", e => e.TrainLoss), Of("validation", e => e.ValidationLoss)),
            Kept(Of("train", e => e.TrainMetric), Of("validation", e => e.ValidationMetric)),
            Kept(Of("learning rate", e => e.LearningRate > 0 ? e.LearningRate : null), Of("gradient norm", e => e.GradientNorm), Of("update ratio", e => e.UpdateRatio)), end?.Ending, end?.BestEpoch);
    }

    Finding Relative(Finding finding) => finding with
    {
        Location = finding.Location is { } at ? _sources.WithExcerpt(at with { File = RelativePath(at.File) }) : null,
        Related = [.. finding.Related.Take(MaxItems).Select(r => r with { File = RelativePath(r.File) })],
        Evidence = [.. finding.Evidence.Take(MaxItems)],
        Causes = [.. finding.Causes.Take(MaxItems)],
        Notes = [.. finding.Notes.Take(MaxItems)],
        Fixes = [.. finding.Fixes.Take(MaxItems)],
        Examples = [.. finding.Examples.Take(MaxRows)],
    };

    string RelativePath(string path) =>
        Path.IsPathRooted(path) && path.IndexOf('\0', StringComparison.Ordinal) < 0 ? Path.GetRelativePath(workingDirectory, path).Replace('\\', '/') : path;

    static IReadOnlyList<T> List<T>(IEnumerable<T> items) => [.. items.Take(MaxRows)];

    static IReadOnlyList<T>? NullIfEmpty<T>(IEnumerable<T> items)
    {
        var all = List(items);
        return all.Count == 0 ? null : all;
    }
}
