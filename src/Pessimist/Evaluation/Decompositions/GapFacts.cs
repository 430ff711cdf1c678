using System.Globalization;

namespace Pessimist.Evaluation;

/// <summary>Says one gap in words.</summary>
sealed record GapFacts(
    string Term, string FirstName, string SecondName, Estimate Gap, GapVerdict Verdict, double Detectable, double Floor, bool IsRate)
{
    string Number(double x) => IsRate
        ? (100 * x).ToString(Math.Abs(x) < 0.01 ? "0.00" : "0.0", CultureInfo.InvariantCulture)
        : x.ToString("G4", CultureInfo.InvariantCulture);

    string Size(double x) => IsRate ? Number(x) + " points" : Number(x);

    internal string Sentence()
    {
        if (double.IsNaN(Gap.Value))
            return $"{Term.Replace('-', ' ')} cannot be measured: a split has no usable result";
        var range = $"({Number(Gap.Low)} to {Number(Gap.High)})";
        var size = Size(Math.Abs(Gap.Value));
        var above = $"{SecondName} error is {size} above {Named(FirstName)} {range}";
        if (Gap.High < 0)
            return $"no {Meaning}: {SecondName} error is {size} below {Named(FirstName)} {range}{Why}";
        return Verdict switch
        {
            GapVerdict.Real => $"{Meaning}: {above}",
            GapVerdict.Negligible when Gap.Value <= 0 => $"no {Meaning}: {SecondName} error is not above {Named(FirstName)} {range}",
            GapVerdict.Negligible => $"negligible {Meaning}: {above}, less than the {Size(Floor)} that would matter",
            _ => $"no evidence of {Meaning}: the difference of {Size(Gap.Value)} {range} may be chance; a gap of {Size(Detectable)} would have been seen",
        };
    }

    static string Named(string split) => split.StartsWith("the ", StringComparison.Ordinal) ? split : split + " error";

    string Meaning => Term switch
    {
        "avoidable-bias" => "underfitting",
        "variance" => "overfitting",
        "distribution-shift" => "distribution shift",
        _ => "validation overfitting",
    };

    /// <summary>What a gap of the wrong sign usually means.</summary>
    string Why => Term switch
    {
        "avoidable-bias" => "",
        "variance" => "; was the training error measured with dropout or augmentation, or is the validation set easier",
        "distribution-shift" => "; the test distribution is the easier one",
        _ => "; the test set is the easier one",
    };
}
