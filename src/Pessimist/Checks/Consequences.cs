namespace Pessimist.Checks;

/// <summary>Codes that are consequences of a program that cannot learn, whatever the cause.</summary>
static class Consequences
{
    /// <summary>What every cause of a single batch that cannot be fitted may bring about.</summary>
    public static readonly string[] OfCause =
        ["PES301", "PES401", "PES402", "PES403", "PES405", "PES208", "PES506", "PES607", "PES611", "PES701", "PES901", "PES902", "PES903", "PES904", "PES910"];

    /// <summary>What follows when the training loop or its optimizer is wrong: the network is trained wrongly, or not at all.</summary>
    public static readonly string[] OfNotTraining =
    [
        "PES301", "PES401", "PES402", "PES403", "PES406", "PES501", "PES502", "PES506", "PES507", "PES508", "PES607", "PES611", "PES701",
        "PES901", "PES902", "PES903", "PES904", "PES910", "PES912",
    ];
}
