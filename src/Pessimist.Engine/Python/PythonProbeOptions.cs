using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pessimist.Experiments;

namespace Pessimist.Engine.Python;

/// <summary>What the Python probe is asked to do, as <c>PESSIMIST_PROBE_OPTIONS</c> carries it. What is null keeps the probe's default.</summary>
public sealed record PythonProbeOptions
{
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
    };

    /// <summary>Share of the program's time that watching may take, 0 to 1.</summary>
    public double? Overhead { get; init; }

    /// <summary>Every operation of every step from this one on is traced.</summary>
    public long? TraceFrom { get; init; }

    /// <summary>The program ends once the first NaN or infinity has been told.</summary>
    public bool? StopAfterNonFinite { get; init; }

    /// <summary>The program is changed and tells its loss, instead of being watched.</summary>
    public bool? Trial { get; init; }

    /// <summary>A trial asks every tenth step whether to go on.</summary>
    public bool? Ask { get; init; }

    /// <summary>Every training batch is the first one.</summary>
    public bool? Freeze { get; init; }

    /// <summary>The program ends after this many optimizer steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Added to every seed that the program sets, and to the one that it does not.</summary>
    public int? Seed { get; init; }

    /// <summary>What is changed in the program.</summary>
    public IReadOnlyList<Intervention>? Recipe { get; init; }

    /// <summary>Gradients and updates of every parameter over the first steps are measured too.</summary>
    public bool? Detailed { get; init; }

    /// <summary>The folder that stands for <c>/</c> above the copy in which the program runs; null when it runs in the original.</summary>
    public string? Copy { get; init; }

    /// <summary>A closer look at the first step: <c>direction</c> or <c>gradients</c>.</summary>
    public string? Examine { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, s_json);
}
