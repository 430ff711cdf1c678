using System.Text.Json;

namespace Pessimist.KnownResultsBench;

/// <summary>One result of ours beside the published one.</summary>
/// <param name="Setting">Model, optimizer and budget, in words.</param>
/// <param name="Metric"><c>test error</c> (a share), <c>test MSE</c> or <c>test loss</c>.</param>
/// <param name="Low">Lower end of the 95 % interval; null where there is none.</param>
/// <param name="Epochs">Epochs, or for sequences that are drawn anew, training steps.</param>
/// <param name="Complete">False when the time ran out first.</param>
sealed record Measured(string Task, string Setting, string Metric, double Value, double? Low, double? High, int Count, int Seed, double Seconds, int Epochs, int Planned, bool Complete, string Published)
{
    static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static List<Measured> Read(string file) => File.Exists(file) ? JsonSerializer.Deserialize<List<Measured>>(File.ReadAllText(file), s_options)! : [];

    public static void Write(string file, IEnumerable<Measured> all) => File.WriteAllText(file, JsonSerializer.Serialize(all, s_options) + "\n");
}

/// <summary>What a run may take.</summary>
sealed record Limit(TimeSpan Time)
{
    readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();

    public double Seconds => System.Diagnostics.Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public bool Over => Seconds > Time.TotalSeconds;
}
