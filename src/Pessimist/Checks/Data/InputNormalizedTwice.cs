using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>PES102 input-normalized-twice</summary>
public sealed class InputNormalizedTwice(InputNormalizedTwice.Limits limits) : DataCheck(About), IReads<InputsFed>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES102",
        Name = "input-normalized-twice",
        Level = Level.Warning,
        Summary = "pictures were scaled twice: their values are far smaller than one scaling leaves",
        Docs = """
            ## Why it matters
            Pixels divided by 255 twice lie within 0..0.004: the network sees almost nothing but its biases, and other pictures scaled once look
            blinding to it. The usual reason is a loader that scales and a transform that scales again.

            ## When it is a false alarm
            Only pictures are judged, and only when the arithmetic shows it: times 255 x 255 practically every value is a whole number, or the standard
            deviation is 1/255 around a mean of 0. Columns in small units and sparse tables are never meant.

            ## What to do
            Scale once. Where the walk normalizes, the network gets a proper scale all the same; other programs that read the file do not.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Relative distance of the standard deviation from 1/255 within which it is that of standardized values divided by 255.</summary>
        [Origin(Origin.Convention)] public double Tolerance { get; init; } = 0.05;
    }

    InputsFed? _fed;

    public void Read(InputsFed observation) => _fed = observation;

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Kind == DataKind.Arrays) return NotApplicable("arrays have no known unit");
        if (profile.Scale is not { } scale) return NotApplicable("the columns are no pixels, and have units of their own");
        if (!double.IsFinite(scale.Max)) return NotEnoughEvidence("no input is a finite number");
        if (scale.IsScaledTwice)
        {
            return Found(Of(profile, scale, $"pixels were divided by 255 twice: the largest is {Value(scale.Max)}", EvidenceClass.Proved,
            [
                new("largest pixel", Value(scale.Max), "1, or 255", "definition"),
                new("factor that makes the pixels whole numbers", "255 x 255", "1, or 255", "definition"),
            ]));
        }

        var standardised = scale.Min < 0 && Math.Abs(scale.Std * 255 - 1) <= limits.Tolerance && Math.Abs(scale.Mean * 255) <= limits.Tolerance;
        if (!standardised) return Passed($"pixels lie within {Value(scale.Min)} to {Value(scale.Max)}");
        return Found(Of(profile, scale, $"pixels were standardized and then divided by 255: their standard deviation is {Value(scale.Std)}", EvidenceClass.Suspected,
        [
            new("standard deviation of all pixels", Value(scale.Std), $"1; 1/255 = {Value(1 / 255.0)} within {Percent(limits.Tolerance)} is suspect", "convention"),
            new("mean of all pixels", Value(scale.Mean)),
        ]));
    }

    Finding Of(DataProfile profile, ScaleFacts scale, string message, EvidenceClass evidence, IReadOnlyList<Evidence> rows) => Finding(message, evidence) with
    {
        Location = At(profile),
        Evidence = [.. rows, new("range of all pixels", $"{Value(scale.Min)} to {Value(scale.Max)}")],
        Notes = _fed is { Normalized: true } ? ["the network gets normalized inputs all the same"] : [],
        Fixes = ["scale the pixels once: by 1/255, or with the training set's mean and standard deviation"],
    };
}
