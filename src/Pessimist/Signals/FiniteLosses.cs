using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>The first loss of a training that is not finite, and whether the program got over it: by leaving the step out, or by luck.</summary>
public sealed class FiniteLosses
{
    /// <summary>Finite losses in a row after which it is over.</summary>
    const int Enough = 5;

    bool _anyBackward;
    int _inARow;
    Site? _lossSite;

    /// <summary>Losses that backward started from; those of losses that a backward pass follows, where backward was not seen.</summary>
    public long Seen { get; private set; }
    public long NotFinite { get; private set; }
    public long? FirstStep { get; private set; }
    public Site? FirstSite { get; private set; }

    /// <summary>Steps that an optimizer left out, as a gradient scaler makes it do.</summary>
    public long Skips { get; private set; }

    /// <summary>Later losses are finite again.</summary>
    public bool Recovered => NotFinite > 0 && _inARow >= Enough;

    public void Read(LoopEvent loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        if (loop is { Action: LoopAction.OptimizerStep, Skipped: true }) Skips++;
        if (loop is not { Action: LoopAction.Backward, Loss: { } loss }) return;
        _anyBackward = true;
        Add(loss, loop.Step, loop.Site);
    }

    public void Read(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        // The line of the loss says more than that of the backward pass.
        if (!double.IsFinite(loss.Value)) _lossSite = loss.Site;
        if (!_anyBackward && loss.Phase == Phase.Train) Add(loss.Value, loss.Step, loss.Site);
    }

    void Add(double loss, long step, Site? site)
    {
        Seen++;
        if (double.IsFinite(loss))
        {
            _inARow++;
            return;
        }

        _inARow = 0;
        NotFinite++;
        if (FirstStep is not null) return;
        (FirstStep, FirstSite) = (step, _lossSite ?? site);
    }
}
