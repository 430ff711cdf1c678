using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Resources;

/// <summary>PES801 growing-memory</summary>
public sealed class GrowingMemory(GrowingMemory.Limits limits) : ProgramCheck(About), IReads<MemoryMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES801",
        Name = "growing-memory",
        Level = Level.Warning,
        Summary = "memory grows from step to step",
        Explains = ["PES802"],
        Docs = """
            ## Why it matters
            Something holds on to tensors of past steps: losses added up without `item()` (each with its whole graph), outputs kept in a list, hidden states
            that are not detached, networks made anew. Long trainings end out of memory.

            ## When it is a false alarm
            Caches that fill in the first epoch are left out when the epochs are seen. What a collector frees now and then does not count: the lowest
            values have to rise steadily. A replay buffer grows on purpose until it is full; below 64 MiB nothing is a warning. Tensors that
            pile up without taking much are a note.

            ## What to do
            Keep numbers (`loss.item()`) rather than tensors, `detach()` what is carried on, and evaluate under `no_grad`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Growth in bytes, after the first tenth of the run and the first epoch.</summary>
        [Origin(Origin.Convention, "64 MiB")] public double Bytes { get; init; } = 64L << 20;

        /// <summary>Growth over the memory used before it.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.2;

        /// <summary>Steps over which it has to grow.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 100;

        /// <summary>Tensors more at each step, for a note.</summary>
        [Origin(Origin.Convention)] public double TensorsPerStep { get; init; } = 0.5;
    }

    readonly Growth _bytes = new();
    readonly Growth _tensors = new();
    MemoryMeasured? _last;
    long _secondEpoch = -1;
    int _epochs;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.Epoch && ++_epochs == 2) _secondEpoch = observation.Step;
    }

    public void Read(MemoryMeasured observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _last = observation;
        _bytes.Add(observation.Step, observation.TensorBytes ?? observation.Allocated ?? observation.Resident);
        if (observation.Tensors is { } tensors) _tensors.Add(observation.Step, tensors);
    }

    public override Verdict Conclude()
    {
        if (_last is not { } last) return NotEnoughEvidence("memory was not measured");
        // One epoch may fill a cache of the data.
        if (_epochs == 1) return NotEnoughEvidence("the first epoch, in which caches fill, is not over");
        var bytes = _bytes.Since(_secondEpoch);
        var tensors = _tensors.Always();
        // What is made anew in each epoch, and freed when a collector comes by, does not grow from the first step on.
        var pileUp = tensors is { IsSteady: true } && tensors.Steps >= limits.FewestSteps && tensors.PerStep >= limits.TensorsPerStep;
        if (!pileUp && (bytes is null || bytes.Steps < limits.FewestSteps)) return NotEnoughEvidence($"memory was not measured long enough; {limits.FewestSteps} steps are needed");
        var grows = bytes is { IsSteady: true } && bytes.Steps >= limits.FewestSteps && bytes.To - bytes.From >= limits.Bytes && bytes.To - bytes.From >= limits.Share * bytes.From
            // Where tensors are counted, a process that grows without them is no matter of ours.
            && (tensors is null || pileUp || last.TensorBytes is not null);
        if (!grows && !pileUp) return Passed("memory does not grow steadily");

        var holder = last.Holders.MaxBy(h => h.Bytes);
        var left = last.Capacity is { } capacity && bytes?.PerStep > 0 ? (capacity - bytes.To) / bytes.PerStep : (double?)null;
        return Found(Finding(grows ? string.Create(CultureInfo.InvariantCulture, $"memory grows by {Sizes.Text(bytes!.PerStep)} a step, {Sizes.Text(bytes.To - bytes.From)} in {bytes.Steps} steps")
            : string.Create(CultureInfo.InvariantCulture, $"each step leaves {tensors!.PerStep:0.#} more {(Math.Round(tensors.PerStep, 1) == 1 ? "tensor" : "tensors")} alive, {tensors.To - tensors.From:0} in {tensors.Steps} steps"),
            EvidenceClass.Suspected, grows ? Level.Warning : Level.Note) with
        {
            Location = At(holder?.Site),
            Evidence =
            [
                .. bytes is null ? Array.Empty<Evidence>() : [new("memory", $"{Sizes.Text(bytes.From)} to {Sizes.Text(bytes.To)}", string.Create(CultureInfo.InvariantCulture, $"{Sizes.Text(limits.Bytes)} and {limits.Share:0%} more"), "convention")],
                .. tensors is { } t ? [new Evidence("tensors alive", string.Create(CultureInfo.InvariantCulture, $"{t.From:0} to {t.To:0}"))] : Array.Empty<Evidence>(),
                .. last.Holders.OrderByDescending(h => h.Bytes).Take(3).Select(h => new Evidence(h.What, string.Create(CultureInfo.InvariantCulture, $"{h.Count} with {Sizes.Text(h.Bytes)}"))),
            ],
            Notes = grows && left is { } steps ? [string.Create(CultureInfo.InvariantCulture, $"at this pace the memory is used up after {Math.Max(0, steps):0} more steps")] : [],
            Fixes = ["keep numbers (`loss.item()`) instead of tensors, and detach what is carried from step to step"],
        });
    }
}
