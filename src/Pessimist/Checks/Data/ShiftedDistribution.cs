using System.Globalization;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>PES115 shifted-distribution</summary>
public sealed class ShiftedDistribution(ShiftedDistribution.Limits limits) : Check(About), IReads<ShiftTested>, IReads<DataProfiled>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES115",
        Name = "shifted-distribution",
        Level = Level.Warning,
        Summary = "the given test set comes from another distribution than the training set",
        Docs = """
            ## Why it matters
            A network is only as good on a test set as the training set resembles it. When both differ, a gap between their errors is a shift, and more
            training data of the old kind do not close it.

            ## How it is told
            A linear classifier is trained to tell training from test rows and scored on rows it has not seen. It must be significant, and the area
            under its curve at least 0.6: with many rows any two real sets differ significantly. Shares of classes are compared by a chi-square test
            and Cramér's V. Single columns only explain a shift, they never make one.

            ## When it is a false alarm
            The test set is meant to differ: then it is a fact to know, and no fault.

            ## What to do
            Draw the validation set from the test distribution, collect training data like the test data, or adapt to it.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Area under the ROC curve of a classifier that tells the sets apart.</summary>
        [Origin(Origin.Convention, "0.5 is chance; real MNIST training and test sets reach 0.51")] public double Auc { get; init; } = ShiftTest.LeastAuc;

        /// <summary>p-value of both tests.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.01;

        /// <summary>Bias-corrected Cramér's V of the shares of classes.</summary>
        [Origin(Origin.Convention)] public double V { get; init; } = 0.1;
    }

    const int MostShown = 12;

    ShiftTested? _tested;
    string _source = "";

    public void Read(ShiftTested observation) => _tested = observation;

    public void Read(DataProfiled observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _source = observation.Profile.Source;
    }

    public override Verdict Conclude()
    {
        if (_tested is not { } tested) return NotApplicable("no test set was given");
        if (tested.Verdict == ShiftVerdict.CannotTell) return NotEnoughEvidence(tested.Reason);
        var inputs = tested.Verdict == ShiftVerdict.Shifted && tested.Auc >= limits.Auc && tested.P <= limits.P;
        var labels = tested.Labels is { Verdict: ShiftVerdict.Shifted } shift && shift.V >= limits.V && shift.P <= limits.P;
        if (!inputs && !labels) return Passed(tested.Reason);
        var first = tested.Features.Count > 0 ? tested.Features[0] : null;
        var message = !inputs ? "classes have other shares in the given test set than in the training set"
            : first is null ? "the given test set comes from another distribution than the training set"
            : $"the given test set differs from the training set, most in \"{first.Name}\": median {Number(first.TestMedian)} instead of {Number(first.TrainMedian)}";
        return Found(Finding(message, EvidenceClass.Suspected) with
        {
            Location = new Location(_source, Column: inputs ? first?.Name : null),
            Evidence =
            [
                new("area under the curve of a classifier that tells the sets apart", $"{Number(tested.Auc)} (p = {Number(tested.P)})", $"{Number(limits.Auc)} and p at most {Number(limits.P)}; 0.5 is chance", "convention"),
                .. tested.Features.Take(MostShown).Select(f => new Evidence($"distribution of \"{f.Name}\"",
                    $"distance {Number(f.Distance)} (adjusted p = {Number(f.P)}), median {Number(f.TestMedian)} instead of {Number(f.TrainMedian)}", $"distance {Number(ShiftTest.LeastD)}", "convention")),
                .. tested.Labels is { } l && double.IsFinite(l.V) ? [new Evidence("Cramér's V of the shares of classes", $"{Number(l.V)} (p = {Number(l.P)})", $"{Number(limits.V)} and p at most {Number(limits.P)}", "convention")] : Array.Empty<Evidence>(),
            ],
            Notes = inputs && first is null ? ["no single column explains it: the difference lies in how columns go together"] : [],
            Fixes = ["draw the validation set from the test distribution, and collect training data like it"],
        });
    }

    static string Number(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.##e0" : "0.###", CultureInfo.InvariantCulture);
}
