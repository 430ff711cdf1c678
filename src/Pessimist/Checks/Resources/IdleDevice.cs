using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Resources;

/// <summary>PES804 idle-device</summary>
public sealed class IdleDevice(IdleDevice.Limits limits) : ProgramCheck(About), IReads<StepTimed>, IReads<ParameterObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES804",
        Name = "idle-device",
        Level = Level.Note,
        Summary = "the accelerator is idle most of the time",
        Docs = """
            ## Why it matters
            The steps would be faster, or larger batches would cost nothing.

            ## When it is a false alarm
            Small networks never fill an accelerator; it is no more than a note. When the time goes into waiting for data, that is told instead
            (starved-by-loader).

            ## What to do
            Larger batches, fewer `item()` and `print` in the loop (each waits for the device), fused or compiled operations; or train small
            networks on the processor.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the time, that the accelerator works.</summary>
        [Origin(Origin.Published, "SageMaker Debugger: 0.7; lowered, as small networks never reach it")] public double Busy { get; init; } = 0.3;

        /// <summary>Time that has to be measured.</summary>
        [Origin(Origin.Convention)] public double Seconds { get; init; } = 10;
    }

    double _busy, _seconds, _waiting;
    bool _ready;
    string? _device;

    public void Read(ParameterObserved observation) => _device ??= observation?.Device;

    public void Read(StepTimed observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Busy is not { } busy) return;
        // The first step makes everything ready.
        if (!_ready)
        {
            _ready = true;
            return;
        }

        var seconds = (observation.Waiting + observation.Computing) * observation.Steps;
        _seconds += seconds;
        _waiting += observation.Waiting * observation.Steps;
        _busy += busy * seconds;
    }

    public override Verdict Conclude()
    {
        if (_seconds == 0) return _device is null ? NotApplicable("the program does not use an accelerator, as far as was seen") : NotEnoughEvidence("nobody measured how busy the accelerator is");
        if (_seconds < limits.Seconds) return NotEnoughEvidence("the steps were not timed long enough");
        var busy = _busy / _seconds;
        if (busy >= limits.Busy) return Passed(string.Create(CultureInfo.InvariantCulture, $"the accelerator works {busy:0%} of the time"));
        return _waiting > 0.5 * _seconds ? Passed("the time goes into waiting for data")
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the accelerator works {busy:0%} of the time"), EvidenceClass.Proved) with
            {
                Evidence = [new("time that the accelerator works", string.Create(CultureInfo.InvariantCulture, $"{busy:0%} of {_seconds:0.#} s"), string.Create(CultureInfo.InvariantCulture, $"{limits.Busy:0%}"), "published: SageMaker Debugger, lowered")],
                Fixes = ["try larger batches; read numbers out of tensors less often; small networks may be faster on the processor"],
            });
    }
}
