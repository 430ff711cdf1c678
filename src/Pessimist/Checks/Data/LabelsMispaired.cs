using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES107 labels-mispaired</summary>
public sealed class LabelsMispaired(LabelsMispaired.Limits limits) : ProgramCheck(About), IReads<LabelsTested>, IReads<DataProfiled>, IReads<BatchObserved>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES107",
        Name = "labels-mispaired",
        Level = Level.Error,
        Summary = "labels do not belong to the inputs beside them",
        Explains = ["PES109", "PES607", "PES608", "PES611", "PES901", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            Labels that were shuffled, sorted or shifted against their inputs can be learnt by heart and never predicted. Nothing crashes; the network
            just stays at chance. A list of files in another order than the list of labels is the usual reason.

            ## How it is told
            Examples that look alike should have like labels. How often the ten nearest neighbours agree is compared with the same labels permuted 200
            times. Where that shows nothing, a second test asks whether any feature or combination of features goes together with the labels. Only when
            both see nothing, although they would have seen a weak dependence, are labels called independent. A shift is called when moving the labels
            by one number of rows, and no other, restores the agreement. A stretch of rows is called when labels agree with their neighbours everywhere
            but there. Of a watched program that does not learn, the examples of the first training batches are tested in the same way: independence is a
            suspicion then.

            In a watched program it is proved where scores and targets are laid one behind the other in different orders: scores [T, N, K] beside targets
            [N, T].

            ## When it is a false alarm
            Inputs that carry no information about the target look the same as shuffled labels, and so does a rule that neither test can see, such as
            the parity of many bits.

            ## What to do
            Look at a few examples with their labels. Join inputs and labels by a key, never by position, and sort lists of files.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Examples of a watched program that are needed.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 300;

        /// <summary>Numbers of an example above which likeness of raw numbers says little about likeness of examples.</summary>
        [Origin(Origin.Convention)] public int Columns { get; init; } = 1024;

        /// <summary>Last loss over what knowing nothing costs, from which on labels are doubted.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.85;
    }

    readonly SampledExamples _examples = new();
    (int Rows, LabelDependence Result)? _sampled;
    LabelDependence? _tested;
    string _source = "";
    string? _column;
    bool _rowsAreExact;

    public void Read(LabelsTested observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _tested = observation.Dependence;
    }

    public void Read(DataProfiled observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _source = observation.Profile.Source;
        _column = observation.Profile.Target.Columns is [var only] ? only : null;
        // Positions count rows with a target only.
        _rowsAreExact = observation.Profile.Target.Missing == 0;
    }

    readonly OperationGraph _graph = new();

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public void Read(BatchObserved observation) => _examples.Read(observation);

    public override Verdict Conclude() => _tested switch
    {
        null => InOtherOrder() is { } crossed ? Found(crossed) : Watched(),
        { Verdict: LabelVerdict.Depends } => Passed(_tested.Reason),
        { Verdict: LabelVerdict.ShiftedBy, Shift: { } shift } => Found(Shifted(_tested, shift)),
        { Verdict: LabelVerdict.PartlyBlock, Range: { } range } => Found(Block(_tested, range)),
        { Verdict: LabelVerdict.Independent } => Found(Independent(_tested)),
        _ => NotEnoughEvidence(_tested.Reason),
    };

    /// <summary>A training loss whose scores count positions first and whose targets examples first, or the reverse.</summary>
    Finding? InOtherOrder()
    {
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (operation.Phase != Phase.Train || !trace.IsLoss(i) || operation.Inputs is not [{ Shape: [var rows, > 1] } scores, { Shape: [var targets] } target, ..] || rows != targets) continue;
                if (Laid(trace, scores, i) is not [> 1 and var a, > 1 and var b, _] || Laid(trace, target, i) is not [var c, var d] || a == b || (a, b) != (d, c)) continue;
                return Finding(FormattableString.Invariant($"scores and targets are laid one behind the other in different orders: scores [{a}, {b}, …] beside targets [{c}, {d}]"), EvidenceClass.Proved) with
                {
                    Location = Location.Of(operation.Site),
                    Evidence = [new("first two dimensions of the scores", FormattableString.Invariant($"{a}, {b}"), FormattableString.Invariant($"{c}, {d}, as of the targets"), "definition")],
                    Fixes = ["bring scores and targets into the same order before they are reshaped: transpose one of them, never reshape it"],
                };
            }

        return null;
    }

    /// <summary>Shape of what was made into one axis of rows.</summary>
    static IReadOnlyList<long>? Laid(OperationTrace trace, TensorFacts tensor, int before)
    {
        while (trace.MakerOf(tensor, before) is { } maker && OperationNames.IsTransparent(trace.Operations[maker]) && trace.Operations[maker].Inputs is [{ } source, ..])
        {
            if (source.Shape.Count > tensor.Shape.Count) return trace.NameAt(maker) is "view" or "reshape" or "flatten" or "ravel" ? source.Shape : null;
            if (!source.Shape.SequenceEqual(tensor.Shape)) return null;
            (tensor, before) = (source, maker);
        }

        return null;
    }

    /// <summary>Of a watched program there are some examples, in the order of training, and a symptom or none.</summary>
    Verdict Watched()
    {
        if (_examples.Count < limits.Examples) return NotEnoughEvidence("the labels were not tested");
        if (_examples.Columns > limits.Columns) return NotEnoughEvidence("examples of so many numbers are not alike by their numbers");
        if (!HasSymptom && !(Progress.Count >= 20 && Progress.Share >= limits.Share)) return Passed("the program learns");
        if (_sampled?.Rows != _examples.Count) _sampled = (_examples.Count, Test());
        return _sampled.Value.Result is not { } tested || !IsIndependent(tested) ? Passed(_sampled.Value.Result.Reason)
            : Found(Independent(tested) with
            {
                EvidenceClass = EvidenceClass.Suspected,
                Level = Level.Warning,
                Confirmation = "",
                Location = At(_examples.Site),
                Notes = [Progress.Because, "inputs that carry no information about the target look the same"],
            });
    }

    /// <summary>Of some hundred examples a weak dependence cannot be ruled out. Of few numbers each, a strong one, that a network could learn, would have been seen.</summary>
    bool IsIndependent(LabelDependence tested) => tested.Verdict == LabelVerdict.Independent
        || tested is { Verdict: LabelVerdict.NotEnoughEvidence, P: > 0.05, AssociationP: > 0.05 } && _examples is { IsWhole: true } && tested.Rows >= limits.Examples;

    LabelDependence Test()
    {
        var features = new FeatureMatrix(_examples.Standardized(), _examples.Width);
        var answers = Enumerable.Range(0, _examples.Count).Select(_examples.Answer);
        // In the order of training a shift would mean nothing.
        var options = new LabelDependenceOptions { MaxShift = 0 };
        return _examples.IsClass ? LabelDependenceTest.ForClasses(features, [.. answers.Select(a => (int)a)], options) : LabelDependenceTest.ForValues(features, [.. answers.Select(a => (float)a)], options);
    }

    Finding Shifted(LabelDependence tested, int shift)
    {
        var agreement = tested.ShiftScan[shift + tested.ShiftScan.Count / 2];
        return Start($"every label stands {Rows(shift)} its inputs", tested) with
        {
            Confirmation = FormattableString.Invariant($"with each label taken from {Rows(shift)}, neighbours agree on it by {agreement:0.###} instead of {tested.Agreement:0.###}"),
            Fixes = [$"move the labels {Rows(-shift)}; look for a header, a filter or a lag that was applied to inputs or labels alone"],
        };
    }

    Finding Block(LabelDependence tested, RowRange range)
    {
        var inside = tested.Blocks.Where(b => b.Rows.First >= range.First && b.Rows.Last <= range.Last).ToArray();
        var elsewhere = tested.Blocks.Except(inside).ToArray();
        var finding = Start($"in rows {range.First + 1} to {range.Last + 1} labels do not belong to the inputs beside them", tested);
        return finding with
        {
            Location = finding.Location! with { Row = _rowsAreExact ? range.First + 1 : null },
            Evidence =
            [
                new("agreement with neighbours in these rows", Mean(inside, b => b.Agreement), $"permuted labels there: {Mean(inside, b => b.NullMean)}", "permutation test"),
                new("agreement with neighbours elsewhere", Mean(elsewhere, b => b.Agreement)),
                .. finding.Evidence,
            ],
            Confirmation = tested.Reason,
            Notes = _rowsAreExact ? ["the rows are exact to a block"] : ["the rows are exact to a block, and count only rows with a target"],
            Fixes =
            [
                tested.Shift is { } shift ? $"move the labels of these rows {Rows(-shift)}" : "look at these rows: labels sorted, shuffled or joined wrongly there only",
            ],
            Examples = [$"rows {range.First + 1} to {range.Last + 1}"],
        };
    }

    Finding Independent(LabelDependence tested)
    {
        var finding = Start("labels do not depend on the inputs", tested);
        return finding with
        {
            Evidence =
            [
                .. finding.Evidence,
                .. tested.AssociationP is { } p ? [new Evidence("p of the strongest association with a feature or component", Value(p), "0.005", "permutation test")] : Array.Empty<Evidence>(),
            ],
            Confirmation = $"permuting the labels changes nothing: {tested.Reason}",
            Notes = ["inputs that carry no information about the target look the same"],
            Fixes = ["look at a few examples with their labels; join inputs and labels by a key, never by position, and sort lists of files"],
        };
    }

    Finding Start(string message, LabelDependence tested) => Finding(message, EvidenceClass.Confirmed) with
    {
        Location = new Location(_source, Column: _column),
        Evidence =
        [
            new("agreement of labels with their neighbours'", FormattableString.Invariant($"{tested.Agreement:0.###} in {tested.Rows:N0} rows"),
                FormattableString.Invariant($"permuted labels: {tested.NullMean:0.###}, at most {tested.NullHigh:0.###}"), "permutation test"),
        ],
    };

    static string Mean(BlockAgreement[] blocks, Func<BlockAgreement, double> of) => blocks.Length == 0 ? "unknown" : Value(blocks.Average(of));

    static string Value(double value) => FormattableString.Invariant($"{value:0.###}");

    /// <summary>A positive shift: labels stand below their inputs.</summary>
    static string Rows(int shift) => FormattableString.Invariant($"{Math.Abs(shift)} row{(Math.Abs(shift) == 1 ? "" : "s")} {(shift > 0 ? "below" : "above")}");
}
