using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES102 input-normalized-twice</summary>
public sealed class InputNormalizedTwice(InputNormalizedTwice.Limits limits) : DataCheck(About), IReads<InputsFed>,
    IReads<BatchObserved>, IReads<LossObserved>, IReads<LossesFollowed>, IReads<LoopEvent>, IReads<SingleBatchTried>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES102",
        Name = "input-normalized-twice",
        Level = Level.Warning,
        Summary = "pictures were scaled twice: their values are far smaller than one scaling leaves",
        Explains = ["PES101", "PES402", "PES502", "PES611", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            Pixels divided by 255 twice lie within 0..0.004: the network sees almost nothing but its biases, and other pictures scaled once look
            blinding to it. The usual reason is a loader that scales and a transform that scales again.

            ## When it is a false alarm
            Only pictures are judged, and only when the arithmetic shows it: times 255 x 255 practically every value is a whole number, or the standard
            deviation is 1/255 around a mean of 0. Columns in small units and sparse tables are never meant. In a watched program, pictures are batches
            of four dimensions: their largest value is 1/255 in nearly every batch; or they hardly vary, and the loss does not come down.

            ## What to do
            Scale once. Where the walk normalizes, the network gets a proper scale all the same; other programs that read the file do not.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Relative distance of the standard deviation from 1/255 within which it is that of standardized values divided by 255.</summary>
        [Origin(Origin.Convention)] public double Tolerance { get; init; } = 0.05;

        /// <summary>Standard deviation of pictures below which they hardly vary.</summary>
        [Origin(Origin.Convention, "a hundredth of a normalized picture's")] public double Varies { get; init; } = 0.01;
    }

    const int MostBatches = 64, FewestBatches = 4;

    readonly SymptomGate _gate = new();
    readonly List<TensorFacts> _pictures = [];
    BatchObserved? _batch;

    public void Read(LoopEvent observation) => _gate.Read(observation);
    public void Read(LossesFollowed observation) => _gate.Read(observation);
    public void Read(LossObserved observation) => _gate.Read(observation);
    public void Read(SingleBatchTried observation) => _gate.Read(observation);

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is not { Phase: Phase.Train, Inputs: [{ Shape.Count: 4, Min: not null, Max: not null, Mean: not null, Std: not null } input, ..] } || !OperationNames.IsFloating(input.DType)) return;
        _batch ??= observation;
        if (_pictures.Count < MostBatches) _pictures.Add(input);
    }

    protected override Verdict WithoutProfile()
    {
        if (_pictures.Count < FewestBatches) return NotEnoughEvidence("too few batches of pictures were measured");
        var pinned = _pictures.Count(p => p.Min >= 0 && Math.Abs(p.Max!.Value * 255 - 1) < 1e-4);
        double low = _pictures.Min(p => p.Min!.Value), high = _pictures.Max(p => p.Max!.Value), std = Trend.Quantile([.. _pictures.Select(p => p.Std!.Value)], 0.5);
        var site = _batch!.Site;
        var at = site is null ? null : new Location(site.File, site.Line, site.Function);
        string[] fixes = ["scale the pixels once: by 1/255, or with the training set's mean and standard deviation"];
        if (pinned >= 0.9 * _pictures.Count)
        {
            return Found(Finding($"pixels were divided by 255 twice: the largest is {Value(high)}", EvidenceClass.Proved) with
            {
                Location = at,
                Fixes = fixes,
                Evidence = [new("batches whose largest pixel is 1/255", $"{pinned} of {_pictures.Count}", "largest pixel 1, or 255", "definition")],
            });
        }

        if (std >= limits.Varies || std == 0) return Passed($"pixels lie within {Value(low)} to {Value(high)}");
        if (!_gate.HasSymptom) return Passed($"the standard deviation of all pixels is {Value(std)}, and the network learns all the same");
        return Found(Finding($"pictures hardly vary: the standard deviation of all pixels is {Value(std)}, within {Value(low)} to {Value(high)}", EvidenceClass.Suspected) with
        {
            Location = at,
            Fixes = fixes,
            Evidence = [new("standard deviation of all pixels", Value(std), Value(limits.Varies), "convention"), new("symptom", _gate.Because)],
        });
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
