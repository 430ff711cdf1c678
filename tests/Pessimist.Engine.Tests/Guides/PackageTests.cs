using System.Diagnostics;
using Pessimist.Tests;

namespace Pessimist.Engine.Tests.Guides;

public sealed class PackageTests
{
    [Fact]
    public async Task A_fresh_project_trains_with_the_packages()
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Snapshot.RepositoryRoot(), "build", "try-packages.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var cancel = TestContext.Current.CancellationToken;
        var errors = process.StandardError.ReadToEndAsync(cancel);
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        process.ExitCode.ShouldBe(0, $"{output}\n{await errors}");
        output.ShouldContain("Pessimist.Torch.");
        output.ShouldContain("epoch 2: loss ");
        output.ShouldContain("every parameter learns");
    }
}
