using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Resources;

/// <summary>PES805 mixed-devices</summary>
public sealed class MixedDevices() : CrashCheck(About, CrashKind.Device), IReads<ParameterObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES805",
        Name = "mixed-devices",
        Level = Level.Error,
        Summary = "tensors of one computation lie on different devices",
        Docs = """
            ## Why it matters
            An operation needs its inputs on one device. What was forgotten is usually the batch, a hidden state or mask that is made in `forward`, or a
            module that is not registered and so was not moved.

            ## When it is a false alarm
            As an error never: the program raised the exception. A network that lies partly on the processor and partly on an accelerator may be
            meant so (large embeddings); that is a note. Parts on several accelerators are silent.

            ## What to do
            Move the batch and every tensor made in `forward` (`device=x.device`); register constants with `register_buffer`.
            """,
    };

    const int Most = 64;

    readonly SortedDictionary<(int Model, string Device), (int Count, ParameterObserved First)> _devices = [];

    public void Read(ParameterObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var key = (observation.Model, observation.Device ?? "cpu");
        if (_devices.TryGetValue(key, out var known)) _devices[key] = (known.Count + 1, known.First);
        else if (_devices.Count < Most) _devices[key] = (1, observation);
    }

    public override Verdict Conclude()
    {
        if (Crash is { } crash)
        {
            var devices = crash.Inputs.Select((input, i) => (Name: input.Role ?? $"input {i}", Device: input.Device ?? "cpu")).ToArray();
            var message = devices.Select(d => d.Device).Distinct().Count() > 1
                ? $"{Name(crash)} got {string.Join(" and ", devices.GroupBy(d => d.Device).Select(g => $"{Text.DidYouMean.List(g.Select(d => d.Name), 3)} on {g.Key}"))}"
                : $"{Name(crash)} got tensors on different devices";
            return Found(Explain(message, "move the batch, and tensors made in `forward`, to the device of the weights; register constants as buffers"));
        }

        foreach (var network in _devices.GroupBy(d => d.Key.Model))
        {
            var left = network.FirstOrDefault(d => d.Key.Device == "cpu");
            if (network.Count() < 2 || left.Value.First is not { } first) continue;
            var all = network.Sum(d => d.Value.Count);
            return Found(Finding($"{left.Value.Count} of {all} parameters are on the processor, the others on {string.Join(" and ", network.Where(d => d.Key.Device != "cpu").Select(d => d.Key.Device))}",
                EvidenceClass.Proved, Level.Note) with
            {
                Location = At(first.Site, first.Name),
                Evidence = [new("parameters on the processor", $"{left.Value.Count} of {all}, the first is {first.Name}", "none or all", "convention")],
                Fixes = ["move the whole network, after every layer is in it"],
            });
        }

        return _devices.Count == 0 ? NoCrash : Passed("each network is on one kind of device");
    }
}
