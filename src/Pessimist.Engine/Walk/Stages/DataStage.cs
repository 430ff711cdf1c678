using Pessimist.Checks;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Diagnosis;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 2: measures the data for the data checks, tests whether labels belong to their inputs, and shows the scaling given to the inputs.</summary>
sealed class DataStage : Stage
{
    const int MostTestedRows = 20_000;
    const int ShownColumns = 8;

    /// <summary>Faults after which training can only mislead: nothing to learn, inputs that are no numbers, labels of other rows.</summary>
    static readonly string[] s_stopping = ["PES106", "PES107", "PES118"];

    public override string Name => "data";

    public override IReadOnlyList<Type> Needs => [typeof(TargetStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var prepared = context.Prepared;
        context.Progress.Stepped(new WalkStep("columns, duplicates, leaks", 0, 3));
        var profile = DataProfile.From(prepared);
        context.Run.Add(new DataProfiled(profile));
        cancel.ThrowIfCancellationRequested();

        context.Progress.Stepped(new WalkStep("do labels belong to their inputs", 1, 3));
        var dependence = TestLabels(context, cancel);
        if (dependence is not null) context.Run.Add(new LabelsTested(dependence));

        context.Progress.Stepped(new WalkStep("scale of the inputs", 2, 3));
        ObserveScale(context);
        TestShift(context, cancel);
        return Outcome(context, profile, dependence);
    }

    static StageOutcome Outcome(WalkContext context, DataProfile profile, LabelDependence? dependence)
    {
        var findings = Diagnose.Everything(context.Run, context.Options.Checks).Findings.Where(f => f.Code.StartsWith("PES1", StringComparison.Ordinal)).ToArray();
        var errors = findings.Where(f => f.Level == Level.Error).ToArray();
        string[] evidence =
        [
            $"{profile.Format}: {Words.Count(profile.Count, "example")}, inputs of shape {Words.Shape(profile.InputShape)}",
            .. dependence is null ? Array.Empty<string>() : [dependence.Reason],
            context.Prepared.Normalizer.Words,
            profile.Normalized.Words,
            .. profile.Dropped.Select(d => $"left out: {d.Explanation}"),
        ];
        var missing = profile.Columns.Sum(c => c.Missing);
        var size = $"{Words.Count(profile.Count, "example")}, {Words.Count(profile.InputShape.Aggregate(1L, (a, b) => a * b), "input")}{(context.Prepared.Raw.Reading is { } reading ? $" ({reading})" : "")}, {(missing == 0 ? "none missing" : Words.Count(missing, "cell") + " missing")}";
        if (errors.Length > 0)
        {
            return StageOutcome.Failed(errors[0].Message) with
            {
                Evidence = evidence,
                Help = [.. errors[0].Fixes],
                Stops = errors.Any(e => s_stopping.Contains(e.Code)),
            };
        }

        var warnings = findings.Where(f => f.Level == Level.Warning).ToArray();
        var said = warnings.Length > 0 ? string.Join("; ", warnings.Take(2).Select(w => w.Message)) + (warnings.Length > 2 ? $" and {warnings.Length - 2} more" : "")
            : dependence?.Verdict == LabelVerdict.Depends ? "labels depend on the inputs" : "nothing wrong was seen";
        return StageOutcome.Passed($"{size}; {said}") with { Evidence = evidence };
    }

    /// <summary>On the rows in the order of the file, where shifts show. A test set of another file has an order of its own and stays out.</summary>
    static LabelDependence? TestLabels(WalkContext context, CancellationToken cancel)
    {
        var prepared = context.Prepared;
        if (prepared.Targets.Task == TaskKind.MultiLabel || prepared.Targets.Columns.Count > 1) return null;
        int[] rows = prepared.Split.TestWasGiven
            ? [.. prepared.Split.Train.Concat(prepared.Split.Validation).Order()]
            : [.. Enumerable.Range(0, prepared.Encoded.Count)];
        if (rows.Length > MostTestedRows) rows = rows[..MostTestedRows];
        var data = prepared.Normalizer.Apply(prepared.Encoded.Subset(rows));
        if (data.Inputs.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return null;
        var features = new FeatureMatrix(data.Inputs, data.InputLength);
        var options = new LabelDependenceOptions { Seed = context.Options.Seed, Cancellation = cancel };
        return data.IsClassification
            ? data.Classes.Distinct().Count() < 2 ? null : LabelDependenceTest.ForClasses(features, data.Classes, options)
            : LabelDependenceTest.ForValues(features, data.Values, options);
    }

    /// <summary>Does a given test set come from the distribution of the training set? Values as they stand in the file, so that medians are in its units.</summary>
    static void TestShift(WalkContext context, CancellationToken cancel)
    {
        var prepared = context.Prepared;
        if (!prepared.Split.TestWasGiven) return;
        var options = new ShiftOptions { Seed = context.Options.Seed, Cancellation = cancel };
        DataSet train = Drawn(prepared.Split.Train), test = Drawn(prepared.Split.Test);
        if (train.Inputs.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue) || test.Inputs.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return;
        var shift = ShiftTest.Run(new FeatureMatrix(train.Inputs, train.InputLength), new FeatureMatrix(test.Inputs, test.InputLength), options);
        context.Run.Add(new ShiftTested
        {
            Verdict = shift.Verdict,
            Auc = shift.Auc,
            P = shift.P,
            Features = [.. shift.Features.Take(ShownColumns).Select(f => new ShiftedColumn(NameOf(train, f.Column), f.D, f.AdjustedP, f.FirstMedian, f.SecondMedian))],
            Labels = train.IsClassification ? LabelShift.Test(Classes(prepared.Split.Train), Classes(prepared.Split.Test), train.ClassNames.Count) : null,
            Reason = shift.Reason,
        });

        // No more rows than the test looks at: a large set need not be copied.
        DataSet Drawn(int[] rows)
        {
            if (rows.Length <= options.MaxRows) return prepared.Encoded.Subset(rows);
            var order = (int[])rows.Clone();
            new Random(options.Seed).Shuffle(order);
            return prepared.Encoded.Subset(order.AsSpan(0, options.MaxRows));
        }

        int[] Classes(int[] rows) => Array.ConvertAll(rows, r => prepared.Encoded.Classes[r]);
    }

    static string NameOf(DataSet data, int column) => column < data.Features.Count ? data.Features[column].Name
        : data.InputShape is [_, var height, var width] ? $"channel {column / (height * width)}, row {column / width % height}, column {column % width}"
        : $"feature {column}";

    static void ObserveScale(WalkContext context)
    {
        var raw = context.Prepared.Encoded.Subset(context.Prepared.Split.Train);
        var fed = context.Train;
        var (before, _) = Summaries.Of(raw);
        var (after, columns) = Summaries.Of(fed);
        context.Run.Add(new NormalizationApplied { What = context.Prepared.Normalizer.Words, Before = before, After = after });
        context.Run.Add(new InputsFed
        {
            Normalized = context.Options.Normalize,
            All = after,
            Largest = [.. columns.OrderByDescending(c => c.LargestAbsolute).Take(ShownColumns)],
        });
    }
}
