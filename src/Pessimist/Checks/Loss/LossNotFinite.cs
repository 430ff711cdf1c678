using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES301 loss-not-finite</summary>
public sealed class LossNotFinite() : Check(About), IReads<SingleBatchTried>, IReads<EpochFinished>, IReads<TrainingEnded>, IReads<LoopEvent>, IReads<LossObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES301",
        Name = "loss-not-finite",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "the loss became NaN or infinite",
        Explains = ["PES902", "PES607", "PES910", "PES611"],
        Docs = """
            ## Why it matters
            After the first NaN every weight is NaN, and nothing is learned from there on.

            ## When it is a false alarm
            A trial of a search that diverges is part of the search, and is not counted. Steps that a gradient scaler skips do not show here,
            and a single bad loss after which the training goes on with finite ones is not reported.

            ## What to do
            Find the first operation that is not finite (non-finite-operation). Usual causes: a learning rate too high, log or division by zero, NaN
            in the inputs.
            """,
    };

    readonly FiniteLosses _losses = new();
    string? _where;
    bool _seen;

    public void Read(LoopEvent observation) => _losses.Read(observation);

    public void Read(LossObserved observation) => _losses.Read(observation);

    public void Read(SingleBatchTried observation)
    {
        _seen = true;
        for (var i = 0; i < observation.Losses.Count && _where is null; i++)
            if (!double.IsFinite(observation.Losses[i]))
                _where = $"at step {i} of the single batch with seed {observation.Seed}";
    }

    public void Read(EpochFinished observation)
    {
        if (observation.Phase != "train") return;
        _seen = true;
        if (!double.IsFinite(observation.TrainLoss)) _where ??= $"in epoch {observation.Epoch} of the training";
    }

    public void Read(TrainingEnded observation)
    {
        if (observation.Phase != "train") return;
        _seen = true;
        if (!double.IsFinite(observation.FinalLoss)) _where ??= "by the end of the training";
    }

    public override Verdict Conclude()
    {
        if (_where is null && _losses is { FirstStep: { } step, Recovered: false })
            return Found(Of(string.Create(CultureInfo.InvariantCulture, $"at step {step}")) with { Location = Location.Of(_losses.FirstSite) });
        return _where is { } where ? Found(Of(where))
            : _losses.Recovered ? Passed(string.Create(CultureInfo.InvariantCulture, $"the program got over {_losses.NotFinite} losses that were not finite"))
            : _seen || _losses.Seen > 0 ? Passed("every loss is finite") : NotEnoughEvidence("no loss was recorded");
    }

    // Nobody doubts a NaN, but "proved" would keep it from being folded under a cause that an experiment confirmed.
    Finding Of(string where) => Finding($"the loss became NaN or infinite {where}", EvidenceClass.Confirmed) with
    {
        Evidence = [new("loss", "not finite", "finite", "definition")],
        Fixes = ["lower the learning rate; look for log, division, exp and root in the loss and the network; look for NaN in the inputs"],
    };
}
