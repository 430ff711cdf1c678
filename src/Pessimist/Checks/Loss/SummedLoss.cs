using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES312 summed-loss</summary>
public sealed class SummedLoss() : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES312",
        Name = "summed-loss",
        Level = Level.Note,
        Summary = "the loss is summed over the batch: its gradient grows with the size of the batch",
        Docs = """
            ## Why it matters
            With a sum instead of a mean, twice the batch is twice the gradient: the learning rate, the weight decay and a clipping limit that suit one batch
            size do not suit another, and the smaller last batch of an epoch counts less.

            ## When it is a false alarm
            A sum with a learning rate made for it is right, and usual in variational autoencoders. A sum that is divided afterwards is silent.

            ## What to do
            `reduction='mean'`, or divide by the size of the batch.
            """,
    };

    readonly Dictionary<long, double> _sums = [];
    long _same, _other;

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Phase == Phase.Train && loss.Input is { Shape: [> 1, ..] };
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction != "sum") return false;
        if (_sums.Count >= 4096) _sums.Clear();
        _sums[loss.Step] = loss.Value;
        return true;
    }

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // What backward starts from tells whether the sum was divided.
        if (observation is not { Action: LoopAction.Backward, Loss: { } started } || !_sums.TryGetValue(observation.Step, out var sum) || !double.IsFinite(started) || !double.IsFinite(sum)) return;
        if (Math.Abs(started) >= 0.5 * Math.Abs(sum)) _same++;
        else _other++;
    }

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        base.OnLoss(observation);
        _last = observation.Reduction == "sum" ? observation : _last;
    }

    LossObserved? _last;

    public override Verdict Conclude()
    {
        var guilty = Tallies.All.FirstOrDefault(t => t.IsAlways);
        if (guilty is null || _last is null) return Innocent("a loss that trains", "the losses are means");
        if (_other > _same) return Passed("the sum is divided before the backward pass");
        if (_same == 0) return NotEnoughEvidence("nobody saw what the backward pass starts from");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{guilty.Kind} is summed over the batch"), EvidenceClass.Proved) with
        {
            Location = At(guilty.Site),
            Evidence = [new("reduction", "sum", "mean", "convention"), new("examples in a batch", _last.Input!.Shape[0].ToString(CultureInfo.InvariantCulture))],
            Fixes = ["reduction='mean', or divide by the size of the batch; then find the learning rate anew"],
        });
    }
}
