using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES212 batch-norm-on-one-example</summary>
public sealed class BatchNormOnOneExample() : CrashCheck(About, CrashKind.OneExample), IReads<PassObserved>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES212",
        Name = "batch-norm-on-one-example",
        Level = Level.Error,
        Summary = "batch normalization sees one value for each channel, whose variance is 0",
        Explains = ["PES904", "PES611", "PES701"],
        Docs = """
            ## Why it matters
            In training, batch normalization takes the mean and variance of the batch. Of one value the mean is the value itself: the output is the
            bias, whatever the input. PyTorch refuses it, often after a whole epoch, when the last batch holds a single example.

            ## When it is a false alarm
            Pictures give a value for each pixel, so that a batch of one picture is possible, and common in segmentation and translation of pictures; it is
            silent. So is evaluation, which uses the running statistics.

            ## What to do
            `drop_last=True` in the loader, another batch size, or group or layer normalization for tiny batches.
            """,
    };

    PassObserved? _alone;
    long _passes, _alonePasses;
    readonly List<LoaderBuilt> _loaders = [];

    void IReads<PassObserved>.Read(PassObserved observation)
    {
        if (observation.Phase != Phase.Train || observation.BatchNormsOnBatch.Count == 0) return;
        _passes += observation.Passes;
        if (observation.Examples != 1) return;
        _alonePasses += observation.Passes;
        _alone ??= observation;
    }

    void IReads<LoaderBuilt>.Read(LoaderBuilt observation)
    {
        if (_loaders.Count < 100) _loaders.Add(observation);
    }

    public override Verdict Conclude()
    {
        if (Crash is { } crash)
        {
            var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : ShapeMessage.Shapes(crash.Message) is [var shape, ..] ? shape : null;
            return Found(Explain($"{Name(crash)} was given one value for each channel{(input is null ? "" : $", in a tensor of shape {Shape(input)}")}, while training", Fix, Remainder()));
        }

        // One example in a batch is one value for a channel only where no positions are left: proved by the trace, or by the layers.
        foreach (var trace in Graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (trace.NameAt(i) != "batch_norm" || operation.Phase != Phase.Train || operation.Settings.GetValueOrDefault("train", 1) == 0) continue;
                if (operation.Inputs is [{ Shape: { Count: > 1 } shape } input, ..] && input.Count() == shape[1]) return Alone(operation.Module, operation.Site, shape);
            }

        var flat = Modules.Any(m => m.Type is "BatchNorm1d") && !Modules.Any(m => m.Type is "Conv1d");
        if (_alone is { } pass && flat && pass.BatchNormsOnBatch.Any(n => Modules.Any(m => m.Name == n && m.Type == "BatchNorm1d"))) return Alone(pass.BatchNormsOnBatch[0], pass.Site, null);
        return _passes > 0 || Graph.Traces.Count > 0 ? Passed("no batch normalization saw a single value") : NoCrash;
    }

    Verdict Alone(string? module, Site? site, IReadOnlyList<long>? shape) =>
        Found(Finding($"{module ?? "batch normalization"} normalizes one value for each channel{(shape is null ? "" : $", in a tensor of shape {Shape(shape)}")}: its output is the bias, whatever the input", EvidenceClass.Proved) with
        {
            Location = At(site, module),
            Evidence =
            [
                new("values for each channel", "1", "2 or more", "definition"),
                .. _alonePasses > 0 ? new Evidence[] { new("training passes with one example", string.Create(CultureInfo.InvariantCulture, $"{_alonePasses} of {_passes}")) } : [],
                .. Remainder(),
            ],
            Fixes = [Fix],
        });

    const string Fix = "drop the last, incomplete batch (drop_last), take another batch size, or use group or layer normalization";

    IEnumerable<Evidence> Remainder() => _loaders.Where(l => l is { Examples: > 0, BatchSize: > 1, DropsLast: false } && l.Examples % l.BatchSize == 1).Take(1)
        .Select(l => new Evidence("examples in the last batch", string.Create(CultureInfo.InvariantCulture, $"1 ({l.Examples} examples in batches of {l.BatchSize})")));
}
