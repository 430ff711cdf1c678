using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES105 input-layout-swapped</summary>
public sealed class InputLayoutSwapped(InputLayoutSwapped.Limits limits) : Check(About), IReads<BatchObserved>, IReads<ModuleBuilt>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES105",
        Name = "input-layout-swapped",
        Level = Level.Warning,
        Summary = "pictures have their channels last, and the network takes their rows for channels",
        Docs = """
            ## Why it matters
            Convolutions expect (batch, channels, height, width). With channels last they slide over columns and colours, and mix all rows: it runs, and
            learns badly. A `view` to the expected shape is no better: it cuts the pixels up in another order, and needs a `permute` instead.

            ## How it is told
            Square pictures with 1, 3 or 4 channels at the end go into a network whose first convolution takes as many channels as the picture has rows. Or a
            traced step reshapes (batch, height, width, channels) to (batch, channels, height, width) without moving the axes.

            ## When it is a false alarm
            Silent are: pictures that are not square, as spectrograms and joints over time; kernels that are one wide along the last axis; networks that
            take the channels elsewhere, as after a permute of their own; a single channel, where a view is as good.

            ## What to do
            `x.permute(0, 3, 1, 2)`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Smallest side of what is taken for a picture.</summary>
        [Origin(Origin.Convention)] public int Side { get; init; } = 8;
    }

    readonly List<ModuleBuilt> _convolutions = [];
    readonly OperationGraph _graph = new();
    BatchObserved? _batch;
    bool _anyBatch;

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _anyBatch = true;
        if (_batch is null && observation.Inputs is [{ Shape: [_, var height, var width, 1 or 3 or 4] }, ..] && height == width && height >= limits.Side) _batch = observation;
    }

    public void Read(ModuleBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { AliasOf: null } && observation.Type == "Conv2d" && _convolutions.Count < 10_000) _convolutions.Add(observation);
    }

    public void Read(OperationSeen observation) => _graph.Read(observation);

    public override Verdict Conclude()
    {
        if (Scrambled() is { } scrambled) return Found(scrambled);
        if (!_anyBatch) return NotEnoughEvidence("no batch was seen");
        if (_batch is not { } batch) return Passed("no square picture with its channels last goes into a network");
        var shape = batch.Inputs[0].Shape;
        var first = _convolutions.FirstOrDefault();
        if (first is null || !first.Settings.TryGetValue("in_channels", out var channels)) return NotApplicable("no two-dimensional convolution is known");
        if (_convolutions.Any(c => c.Settings.GetValueOrDefault("in_channels") == shape[3])) return Passed($"a convolution takes {shape[3]} channels: the network moves the axes itself");
        if (channels != shape[1] || first.Settings.TryGetValue("kernel_size", out var kernel) && kernel <= 1) return Passed("the convolutions take other numbers of channels");
        return Found(Finding($"pictures of shape {Text(shape)} have their channels last, and the convolution takes their {shape[1]} rows for channels", EvidenceClass.Suspected) with
        {
            Location = At(batch.Site ?? first.Site, first.Name),
            Related = first.Site is { } built ? [new RelatedLocation(built.File, built.Line, $"the convolution takes {channels:0} channels")] : [],
            Evidence =
            [
                new("shape of the inputs", Text(shape), "(batch, channels, height, width)", "definition"),
                new("channels that the first convolution takes", channels.ToString("0", CultureInfo.InvariantCulture), shape[3].ToString(CultureInfo.InvariantCulture)),
            ],
            Fixes = [$"move the channels: x.permute(0, 3, 1, 2), and build the convolution for {shape[3]} {(shape[3] == 1 ? "channel" : "channels")}"],
        });
    }

    /// <summary>A view where a permute belongs: the elements stay in their order, and the axes get other names.</summary>
    Finding? Scrambled()
    {
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                var operation = trace.Operations[i];
                if (trace.NameAt(i) is not ("view" or "reshape" or "unsafe_view" or "view_as" or "reshape_as")) continue;
                if (operation is not { Inputs: [{ Shape: [var n, var h, var w, (3 or 4) and var c] }, ..], Outputs: [{ Shape: [var m, var d, var u, var v] }] }) continue;
                if (n != m || d != c || u != h || v != w || h < limits.Side || w < limits.Side) continue;
                if (trace.ParameterOf(operation.Inputs[0], i) is not null || trace.DependsOnParameter(operation.Inputs[0], i)) continue;
                return Finding($"a {operation.Operation} turns {Text(operation.Inputs[0].Shape)} into {Text(operation.Outputs[0].Shape)} without moving the axes: rows and colours are mixed", EvidenceClass.Proved) with
                {
                    Location = At(operation.Site, operation.Module),
                    Evidence = [new("from, to", $"{Text(operation.Inputs[0].Shape)}, {Text(operation.Outputs[0].Shape)}", "permute(0, 3, 1, 2)", "definition")],
                    Fixes = [$"use permute(0, 3, 1, 2) instead of {operation.Operation}"],
                };
            }

        return null;
    }

    static Location? At(Site? site, string? module) => Location.Of(site, module);

    static string Text(IReadOnlyList<long> shape) => $"({string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))})";
}
