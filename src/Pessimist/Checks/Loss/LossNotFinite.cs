using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES301 loss-not-finite</summary>
public sealed class LossNotFinite() : Check(About), IReads<SingleBatchTried>, IReads<EpochFinished>, IReads<TrainingEnded>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES301",
        Name = "loss-not-finite",
        Level = Level.Error,
        Summary = "the loss became NaN or infinite",
        Explains = ["PES902", "PES607", "PES910", "PES611"],
        Docs = """
            ## Why it matters
            After the first NaN every weight is NaN, and nothing is learned from there on.

            ## When it is a false alarm
            A trial of a search that diverges is part of the search, and is not counted. Steps that a gradient scaler skips do not show here.

            ## What to do
            Find the first operation that is not finite (non-finite-operation). Usual causes: a learning rate too high, log or division by zero, NaN
            in the inputs.
            """,
    };

    string? _where;
    bool _seen;

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

    // Nobody doubts a NaN, but "proved" would keep it from being folded under a cause that an experiment confirmed.
    public override Verdict Conclude() => _where is { } where ? Found(Finding($"the loss became NaN or infinite {where}", EvidenceClass.Confirmed) with
    {
        Evidence = [new("loss", "not finite", "finite", "definition")],
        Fixes = ["lower the learning rate; look for log, division, exp and root in the loss and the network; look for NaN in the inputs"],
    })
        : _seen ? Passed("every loss is finite") : NotEnoughEvidence("no loss was recorded");
}
