using System.Globalization;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES121 leaked-target</summary>
public sealed class LeakedTarget(LeakedTarget.Limits limits) : DataCheck(About), IReads<BatchObserved>, IReads<OperationSeen>,
    IReads<ColumnRenamed>, IReads<ExperimentFinished>, IReads<LoopEvent>, IReads<LossObserved>, IReads<LossesFollowed>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES121",
        Name = "leaked-target",
        Level = Level.Error,
        Summary = "the inputs give the target away",
        Explains = ["PES608"],
        Docs = """
            ## Why it matters
            A column that is the target under another name, or that is only known once the target is, makes every model look perfect until it meets new
            data, where that column is empty.

            It is an error only when each value of the column stands for one class and each class for one value, in every row, and no other column
            comes near. A column that is merely almost always right is a warning.

            In a watched program the targets of the training batches are looked for in the inputs, value by value. A language model whose target at each
            position is the very token that it is given there learns to repeat. So does one that is to tell the next token, when its attention looks
            ahead (no causal mask) or its recurrent layer reads backwards as well. Where the first step can be taken again, the tokens behind a place are
            changed: its prediction must stay as it was.

            ## When it is a false alarm
            Honest features may be that strong: a petal's width tells most irises apart. So a column must stand alone: where others are nearly as good, the
            task is easy. A table with one input is the task itself, and stays silent. Autoencoders of sentences press them into something smaller on the
            way, and are silent, as are tasks to remember one value of many (bits among bits, or a column that is not learned): only ways on which each position keeps its place count. Targets with positions that do not count (-100) are not looked at.

            ## What to do
            Ask whether the column is known before the target is. If not, leave it out.
            """,
    };

    public sealed record Limits
    {
        /// <summary>How far the next best column may come, from the majority class (0) to perfect (1).</summary>
        [Origin(Origin.Convention)] public double RunnerUp { get; init; } = 0.5;

        /// <summary>Lower end of the 95 % interval of the accuracy on rows held out, for a column that is not one to one.</summary>
        [Origin(Origin.Convention)] public double Accuracy { get; init; } = 0.97;

        /// <summary>1 - R² of a line on rows held out below which a number is the target in another unit.</summary>
        [Origin(Origin.Convention, "float32 keeps seven digits")] public double SameNumber { get; init; } = 1e-9;

        /// <summary>Rows in which a mapping one to one proves anything.</summary>
        [Origin(Origin.Convention)] public int Rows { get; init; } = 50;

        /// <summary>Training batches of a watched program that must all hold their target.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 3;
    }

    readonly TargetMatches _matches = new();
    readonly OperationGraph _graph = new();
    readonly TrainingProgress _progress = new();
    readonly List<ColumnRenamed> _renamed = [];
    ExperimentFinished? _future;

    public void Read(BatchObserved observation) => _matches.Read(observation);

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public void Read(ColumnRenamed observation) => _renamed.Add(observation);

    public void Read(LoopEvent observation) => _progress.Read(observation);

    public void Read(LossObserved observation) => _progress.Read(observation);

    public void Read(LossesFollowed observation) => _progress.Read(observation);

    /// <summary>Who is handed the target as a column learns it at once: where the loss stays, to remember that column is the task.</summary>
    bool IsStuck => _progress.Count > 0 && _progress.HasSymptom;

    public void Read(ExperimentFinished observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { For: "program", Cause: "leaked-target" }) _future = observation;
    }

    /// <summary>Of a watched program, by its first step taken again, its examples, and its batches.</summary>
    protected override Verdict WithoutProfile()
    {
        if (_future is { Outcome: ExperimentOutcome.Confirmed } future)
        {
            return Found(Finding("the network sees what it is to predict: the next tokens reach the prediction of the places before them", EvidenceClass.Confirmed) with
            {
                Location = Location.Of(future.Site),
                Confirmation = future.Reading,
                Evidence = [new("predictions that depend on tokens behind them", "yes", "none", "definition")],
                Fixes = ["mask the attention to later places, or pad a convolution on the left only"],
            });
        }

        // Two columns or more: the task is to read them.
        if (!IsStuck && _renamed is [{ } column] && column.Rows >= limits.Rows)
        {
            return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"column {column.Column} of the inputs is the class under another name: each value stands for one class, and each class for one value"), EvidenceClass.Proved) with
            {
                Evidence = [new("rows in which value and class go together one to one", string.Create(CultureInfo.InvariantCulture, $"{column.Rows} of {column.Rows}"), "not all", "definition"),
                    new("classes", column.Classes.ToString(CultureInfo.InvariantCulture))],
                Fixes = [string.Create(CultureInfo.InvariantCulture, $"leave column {column.Column} out unless it is known before the target is")],
            });
        }

        var verdict = FromBatches();
        return _future is not null && verdict is Verdict.NotEnoughEvidence ? Passed("predictions do not depend on the tokens behind them") : verdict;
    }

    Verdict FromBatches()
    {
        if (_matches.Batches < limits.Batches || _matches.Examples < limits.Rows) return NotEnoughEvidence("the targets of too few training batches were seen");
        if (_matches.Always is not { } match) return Passed("the targets do not stand among the inputs");
        if (match.Ahead is null) return IsStuck ? NotEnoughEvidence("an element of the inputs is the target, and the program does not learn it") : Found(OfElement(match));
        if (_matches.Shape is not [var rows, var columns]) return NotEnoughEvidence("the shape of the ids is not known");
        var (examples, positions) = match.Dimension == 0 ? (columns, rows) : (rows, columns);
        foreach (var trace in _graph.Traces)
        {
            var path = new TokenPath(trace, $"input {match.Input}", examples, positions);
            if (path.Reaches() is not { } embedding) continue;
            if (match.Ahead == 0) return Found(OfToken(embedding));
            if (path.LooksAhead() is { } ahead) return Found(OfNextToken(ahead));
            return Passed("each position is to tell the next token, and nothing was seen that looks ahead");
        }

        return NotEnoughEvidence("the target is made of the input, but no way was seen on which it is handed through");
    }

    Finding OfToken(OperationSeen embedding) => Watched("the target at each position is the very token that the network is given there: it learns to repeat its input", embedding,
        "positions whose target is their own token", "shift the target by one position: inputs [:, :-1], targets [:, 1:]");

    Finding OfNextToken(OperationSeen ahead)
    {
        var what = ahead.Operation is "lstm" or "gru" or "rnn_tanh" or "rnn_relu" ? "a recurrent layer that reads backwards as well" : "attention without a causal mask";
        return Watched($"each position is to tell the next token, and {what} hands it that very token", ahead,
            "positions whose target is the next token of the input", ahead.Operation is "lstm" or "gru" or "rnn_tanh" or "rnn_relu"
                ? "bidirectional=False for a network that is to tell what comes next" : "mask the scores above the diagonal with -inf before the softmax, or is_causal=True");
    }

    Finding Watched(string message, OperationSeen operation, string counted, string fix) => Finding(message, EvidenceClass.Proved) with
    {
        Location = Location.Of(operation.Site, operation.Module),
        Related = _matches.Site is { } site ? [new RelatedLocation(site.File, site.Line, "the batch goes in here")] : [],
        Evidence = [new(counted, $"all, in {Count(_matches.Batches, "batch", "batches")}", "not all", "definition")],
        Fixes = [fix],
    };

    Finding OfElement(TargetMatch match)
    {
        var isTable = _matches.Shape.Count == 2;
        var which = isTable ? $"column {match.Elements[0]} of input {match.Input}" : $"element {match.Elements[0]} of each example of input {match.Input}";
        // The last value of a window may be the task itself, as in a benchmark of recall.
        return Finding($"{which} is the target in every example", isTable ? EvidenceClass.Proved : EvidenceClass.Suspected, isTable ? Level.Error : Level.Warning) with
        {
            Location = Location.Of(_matches.Site),
            Evidence = [new("examples in which it is", $"all {Count(_matches.Examples, "example")} seen", "not all", "definition")],
            Fixes = [isTable ? "leave the column out: drop the label before the features are made into a tensor" : "end the window before the value that is to be told"],
        };
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Target.Task == TaskKind.MultiLabel || profile.Target.Columns.Count > 1) return NotApplicable("several targets are not tried");
        if (profile.Determining.Count == 0) return Passed("no single column gives the target away");
        if (profile.Kind == DataKind.Table && Inputs(profile).Count() < 2) return Passed("the only input tells the target, as is its task");
        var isClass = profile.Target.Classes.Count > 0;
        foreach (var column in profile.Determining.Where(StandsAlone))
        {
            var isRenamed = profile.Count >= limits.Rows && (isClass ? column.OneToOne : 1 - column.Score <= limits.SameNumber);
            if (isRenamed || !isClass || Low(column) >= limits.Accuracy) return Found(Of(profile, column, isClass, isRenamed));
        }

        var best = profile.Determining[0];
        return StandsAlone(best) ? NotEnoughEvidence($"{Quoted(best.Column)} tells the target in all but a few of {Count(best.HeldOut, "row")} held out, which are too few to say more")
            : Passed($"{Quoted(best.Column)} tells the target almost surely, and others come near: the task is easy");
    }

    bool StandsAlone(DeterminingColumn column) => (column.RunnerUp - column.Baseline) / (1 - column.Baseline) <= limits.RunnerUp;

    static double Low(DeterminingColumn column) => Wilson.Interval((long)Math.Round(column.Score * column.HeldOut), column.HeldOut).Low;

    Finding Of(DataProfile profile, DeterminingColumn column, bool isClass, bool isRenamed)
    {
        var target = Quoted(profile.Target.Columns[0]);
        var message = isRenamed && isClass ? $"the column {Quoted(column.Column)} is the target {target} under another name: each value stands for one class, and each class for one value"
            : isRenamed ? $"the column {Quoted(column.Column)} is the target {target} in another unit"
            : isClass ? $"the column {Quoted(column.Column)} alone tells the target in {Percent(column.Score)} of the rows held out"
            : $"a line through the column {Quoted(column.Column)} alone explains {Percent(column.Score)} of the target's variance in the rows held out";
        var measure = isClass ? "accuracy" : "R²";
        return Finding(message, isRenamed ? EvidenceClass.Proved : EvidenceClass.Suspected, isRenamed ? Level.Error : Level.Warning) with
        {
            Location = At(profile, column.Column),
            Evidence =
            [
                new($"{measure} from {Quoted(column.Column)} alone", $"{Value(column.Score)} on {Count(column.HeldOut, "row")} held out",
                    isRenamed ? isClass ? "one to one in every row" : $"1 within {Value(limits.SameNumber)}" : isClass ? $"interval above {Value(limits.Accuracy)}" : "0.999", isRenamed ? "definition" : "convention"),
                new($"{measure} from the next best column", Value(column.RunnerUp), Value(column.Baseline + limits.RunnerUp * (1 - column.Baseline)), "convention"),
                .. isClass ? [new Evidence("accuracy of the majority class", Value(column.Baseline)), new Evidence($"distinct values of {Quoted(column.Column)}", Value(column.Distinct))] : Array.Empty<Evidence>(),
            ],
            Fixes = [$"leave {Quoted(column.Column)} out unless it is known before the target is"],
        };
    }
}
