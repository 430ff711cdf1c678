using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Resources;

/// <summary>PES803 starved-by-loader</summary>
public sealed class StarvedByLoader(StarvedByLoader.Limits limits) : ProgramCheck(About), IReads<StepTimed>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES803",
        Name = "starved-by-loader",
        Level = Level.Note,
        Summary = "most of the time goes into waiting for data",
        Docs = """
            ## Why it matters
            While a batch is read, decoded and augmented, nothing is computed. The training would be faster with the same machine.

            ## When it is a false alarm
            Small networks on data that is hard to decode: then loading is the work. Measured over at least ten seconds, without the first step.

            ## What to do
            More workers (`num_workers`), data decoded or resized once and stored, a cache in memory, pinned memory for an accelerator.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the time, spent waiting for the next batch.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.5;

        /// <summary>Time that has to be measured.</summary>
        [Origin(Origin.Convention)] public double Seconds { get; init; } = 10;

        /// <summary>Steps that have to be seen.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 20;
    }

    double _waiting, _computing;
    long _steps;
    bool _first = true;
    LoaderBuilt? _loader;

    public void Read(LoaderBuilt observation) => _loader ??= observation;

    public void Read(StepTimed observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // The first step starts workers, and makes everything ready.
        if (_first)
        {
            _first = false;
            return;
        }

        _waiting += observation.Waiting * observation.Steps;
        _computing += observation.Computing * observation.Steps;
        _steps += observation.Steps;
    }

    public override Verdict Conclude()
    {
        var seconds = _waiting + _computing;
        if (_steps < limits.FewestSteps || seconds < limits.Seconds) return NotEnoughEvidence("the steps were not timed long enough");
        var share = _waiting / seconds;
        return share <= limits.Share ? Passed(string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the time is spent waiting for data"))
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the time is spent waiting for data"), EvidenceClass.Proved) with
            {
                Location = At(_loader?.Site),
                Evidence = [new("waiting for the next batch", string.Create(CultureInfo.InvariantCulture, $"{_waiting:0.#} of {seconds:0.#} s in {_steps} steps"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "convention")],
                Notes = _loader is { } loader ? [$"the loader has {loader.Workers} workers"] : [],
                Fixes = ["use more workers; decode and resize once, and store the result; keep small data sets in memory"],
            });
    }
}
