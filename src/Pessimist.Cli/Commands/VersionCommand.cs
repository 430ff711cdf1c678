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
        screen.Out.WriteLine(Libtorch());
        return ExitCodes.Ok;
    });

    /// <summary>As <c>0.1.0</c>, without the commit.</summary>
    public static string Number { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    static string Libtorch() => Torch.Torch.IsAvailable
        ? $"libtorch {Torch.Torch.Version}, BLAS {Torch.Torch.Blas ?? "inside libtorch"}, {(Torch.Device.CudaCount is > 0 and var count ? $"{count} CUDA devices" : "no CUDA device")}"
        : "libtorch: not set up yet; `pessimist diagnose` does it";
}
