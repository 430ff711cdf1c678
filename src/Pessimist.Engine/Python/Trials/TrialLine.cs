using System.Text.Json;
using System.Text.Json.Serialization;
using Pessimist.Experiments;
using Pessimist.Observations;

namespace Pessimist.Engine.Python.Trials;

/// <summary>What a trial says over its socket: these are between the tool and its own code in the program, and no part of a recorded run.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(TrialLooked), "trial-looked")]
[JsonDerivedType(typeof(TrialSuspected), "trial-suspected")]
[JsonDerivedType(typeof(TrialStepped), "trial-stepped")]
[JsonDerivedType(typeof(TrialEnded), "trial-ended")]
[JsonDerivedType(typeof(TrialDirection), "trial-direction")]
[JsonDerivedType(typeof(TrialGradients), "trial-gradients")]
class TrialLine
{
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Null for a line of another kind, or a broken one.</summary>
    public static TrialLine? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrialLine>(line, s_json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>The settings of a program, as its first step shows them.</summary>
sealed class TrialLooked : TrialLine
{
    public string Optimizer { get; init; } = "";
    public double? LearningRate { get; init; }
    public double? WeightDecay { get; init; }
    public double? Dropout { get; init; }
    public bool BatchNorm { get; init; }
    public string? Initialization { get; init; }

    /// <summary>Null where the inputs are no numbers that could be normalized.</summary>
    public bool? RawInputs { get; init; }
    public string Loss { get; init; } = "custom";
    public double KnowNothing { get; init; }
    public string KnowNothingAs { get; init; } = "";
    public double? Floor { get; init; }
    public bool Classification { get; init; }
    public int BatchSize { get; init; }
    public double? OutputScale { get; init; }
    public double? InputMean { get; init; }
    public double? InputStd { get; init; }
    public string Precision { get; init; } = "float32";

    /// <summary>Processes that train together.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>The network's output goes into a loss of torch, row by row: a plain loop can be put around the network.</summary>
    public bool PlainLoop { get; init; }
}

/// <summary>The loss along the program's own first update.</summary>
sealed class TrialDirection : TrialLine
{
    public double Loss { get; init; }
    public IReadOnlyList<double> Lengths { get; init; } = [];
    public IReadOnlyList<double> Losses { get; init; } = [];
    public double? Cosine { get; init; }
    public double UpdateNorm { get; init; }
    public double GradientNorm { get; init; }
}

/// <summary>Slopes along random directions.</summary>
sealed class TrialGradients : TrialLine
{
    public IReadOnlyList<double> Analytic { get; init; } = [];
    public IReadOnlyList<double> Numeric { get; init; } = [];
}

/// <summary>What looks wrong in the first steps.</summary>
sealed class TrialSuspected : TrialLine
{
    public IReadOnlyList<Suspicion> Suspicions { get; init; } = [];

    public sealed record Suspicion(string Cause, Intervention Undo, string As, Site? Site);
}

/// <summary>A step is about to be taken.</summary>
/// <remarks>The loss is the task's own where it is known.</remarks>
sealed class TrialStepped : TrialLine
{
    public int Step { get; init; }
    public double Loss { get; init; }
    public double? Error { get; init; }
    public string? Hash { get; init; }
}

sealed class TrialEnded : TrialLine
{
    /// <summary>Interventions that could not be made, and why.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];
    public string? Hash { get; init; }
    public int Optimizers { get; init; }

    /// <summary>The exception that ended the program.</summary>
    public string? Died { get; init; }
    public double? Error { get; init; }
    public IReadOnlyList<double> SampleLosses { get; init; } = [];
    public double? EvaluationLoss { get; init; }
    public string? NonFinite { get; init; }
    public IReadOnlyList<ParameterTrace> Parameters { get; init; } = [];
    public double? DataGradientNorm { get; init; }

    /// <summary>Files outside of the copy that were opened for writing.</summary>
    public IReadOnlyList<string> Wrote { get; init; } = [];
    public double? WeightNorm { get; init; }
}
