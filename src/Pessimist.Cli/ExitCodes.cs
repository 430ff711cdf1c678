namespace Pessimist.Cli;

/// <summary>What the process returns; scripts rely on it.</summary>
static class ExitCodes
{
    /// <summary>Nothing at or above <c>--fail-on</c>.</summary>
    public const int Ok = 0;

    public const int Findings = 1;

    /// <summary>A mistake in how the tool was called, in its configuration, or in the tool itself.</summary>
    public const int Usage = 2;

    /// <summary>The program under test failed; its own code is in the JSON.</summary>
    public const int ProgramFailed = 3;

    public const int Interrupted = 130;
}
