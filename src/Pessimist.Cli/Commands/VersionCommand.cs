using System.Reflection;
using System.Runtime.InteropServices;
using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist version</c>: what runs, for a bug report.</summary>
sealed class VersionCommand : ToolCommand
{
    public VersionCommand(Screen screen) : base("version", "the tool's version and what it runs on") => SetAction(_ =>
    {
        screen.Out.WriteLine($"pessimist {Number}");
        screen.Out.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}");
        return ExitCodes.Ok;
    });

    /// <summary>As <c>0.1.0</c>, without the commit.</summary>
    public static string Number { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
