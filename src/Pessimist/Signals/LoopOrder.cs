using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// The order in which a program clears gradients, goes backward and steps. Looks at neighbouring moves only: where records were left out
/// (sampling), nothing is concluded from one to the next.
/// </summary>
public sealed class LoopOrder
{
    /// <summary>Relative difference of two norms of the same tensors, for rounding.</summary>
    const double Same = 1e-6;

    readonly SortedDictionary<int, long> _stepping = [];
    readonly Dictionary<int, long> _clearings = [];
    readonly Dictionary<int, long> _stale = [];
    readonly HashSet<int> _fresh = [];
    bool? _untouched;
    LoopEvent? _discarding;
    bool _restarted;
    LoopEvent? _lastStep;
    LoopEvent? _lastBackward;
    double? _atStep;
    bool _clearedSinceStep, _backwardSinceStep, _clearedSinceBackward, _anyBackward;
    Site? _clearing;

    public long Backwards { get; private set; }

    /// <summary>Optimizer steps seen, without those that were skipped.</summary>
    public long Steps { get; private set; }
    public long Skips { get; private set; }
    public long Clearings { get; private set; }

    /// <summary>Number of steps seen of each optimizer, skipped ones too; those without a number are under -1.</summary>
    public IReadOnlyDictionary<int, long> Stepping => _stepping;

    /// <summary>The first step came before the first backward pass.</summary>
    public bool StepCameFirst { get; private set; }

    /// <summary>Backward passes that are the first after a step, with what was held before them measured.</summary>
    public long Openings { get; private set; }

    /// <summary>Of the openings: a gradient was still held.</summary>
    public long Held { get; private set; }

    /// <summary>Of those held: nothing was cleared since the step, as far as calls were seen.</summary>
    public long Uncleared { get; private set; }

    /// <summary>Of the openings: exactly the gradient of the step was still held, so nothing at all was cleared, by a call or by hand.</summary>
    public long Untouched { get; private set; }

    /// <summary>Calls that clear the gradients of one optimizer; -1 for those of a network.</summary>
    public long ClearingsOf(int optimizer) => _clearings.GetValueOrDefault(optimizer);

    /// <summary>
    /// Steps of one optimizer whose backward pass added to exactly what was held at the step before, of whatever optimizer; 0 when any of its steps that were
    /// measured did not.
    /// </summary>
    public long StaleStepsOf(int optimizer) => _fresh.Contains(optimizer) ? 0 : _stale.GetValueOrDefault(optimizer);

    /// <summary>Steps between which and the backward pass before gradients were cleared, and that found none.</summary>
    public long EmptySteps { get; private set; }

    /// <summary>Steps before which the gradients of a backward pass were cleared by a call and those of another one, from the same line, were not.</summary>
    public long Restarts { get; private set; }

    /// <summary>Of the clearings between two backward passes of a step that were looked at: nobody had made anything of the gradients; somebody had.</summary>
    public long Discarded { get; private set; }
    public long Kept { get; private set; }

    /// <summary>Where that is done.</summary>
    public Site? DiscardingSite { get; private set; }

    /// <summary>Of the last one seen.</summary>
    public Site? BackwardSite { get; private set; }
    public Site? StepSite { get; private set; }

    /// <summary>Where gradients were last cleared between a backward pass and a step.</summary>
    public Site? EmptyingSite { get; private set; }

    public void Read(LoopEvent loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        switch (loop.Action)
        {
            case LoopAction.ZeroGrad:
                Clearings++;
                _clearings[loop.Subject ?? -1] = ClearingsOf(loop.Subject ?? -1) + 1;
                if (_backwardSinceStep && !_clearedSinceBackward) _discarding = loop;
                _clearedSinceStep = _clearedSinceBackward = true;
                _clearing = loop.Site;
                break;
            case LoopAction.Backward:
                ReadBackward(loop);
                break;
            case LoopAction.OptimizerStep:
                ReadStep(loop);
                break;
        }
    }

    void ReadBackward(LoopEvent loop)
    {
        Backwards++;
        if (_discarding is { } clearing && _lastBackward is { } last && last.Step == loop.Step && last.Site is not null && last.Site == loop.Site)
        {
            _restarted = true;
            DiscardingSite = clearing.Site ?? DiscardingSite;
            if (clearing.Discarded is { } discarded)
            {
                if (discarded) Discarded++;
                else Kept++;
            }
        }

        _discarding = null;
        BackwardSite = loop.Site ?? BackwardSite;
        // The number of a step is counted before or after it.
        if (_lastStep is { } step && !_backwardSinceStep && _anyBackward && loop.Step - step.Step <= 1 && loop.GradientBefore is { } before)
        {
            Openings++;
            if (before == 0) _untouched = false;
            if (before > 0 || double.IsNaN(before))
            {
                Held++;
                if (!_clearedSinceStep) Uncleared++;
                if (_atStep is { } held)
                {
                    _untouched = Math.Abs(before - held) <= Same * held;
                    if (_untouched == true) Untouched++;
                }
            }
        }

        _anyBackward = _backwardSinceStep = true;
        _clearedSinceBackward = false;
        _lastBackward = loop;
    }

    void ReadStep(LoopEvent loop)
    {
        _stepping[loop.Subject ?? -1] = _stepping.GetValueOrDefault(loop.Subject ?? -1) + 1;
        if (_untouched == true) _stale[loop.Subject ?? -1] = _stale.GetValueOrDefault(loop.Subject ?? -1) + 1;
        else if (_untouched == false) _fresh.Add(loop.Subject ?? -1);
        _untouched = null;
        StepSite = loop.Site ?? StepSite;
        if (loop.Skipped) Skips++;
        else Steps++;
        if (_restarted && !_clearedSinceBackward) Restarts++;
        _restarted = false;
        _discarding = null;
        if (!_anyBackward) StepCameFirst = true;
        if (_lastBackward is { } backward && loop.Step - backward.Step <= 1 && _clearedSinceBackward && loop.Gradient is null or 0)
        {
            EmptySteps++;
            EmptyingSite = _clearing ?? EmptyingSite;
        }

        // Clipping changes the gradient after the backward pass has told its norm.
        _atStep = loop.Gradient ?? (_lastBackward?.ClippedTo is null && loop.ClippedTo is null ? _lastBackward?.Gradient : null);
        _clearedSinceStep = _backwardSinceStep = false;
        _lastStep = loop;
    }
}
