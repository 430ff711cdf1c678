using Pessimist.Torch.Native;

namespace Pessimist.Torch.Tests;

/// <summary>Without libtorch there is a message and a remedy, never an exception of the loader's.</summary>
public sealed class ShimTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pessimist-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_missing_shim_comes_with_its_remedy()
    {
        var error = Should.Throw<TorchNotFoundException>(() => Shim.Find(_folder.FullName, null));
        error.Message.ShouldContain("apt-get install libtorch-dev");
        error.Message.ShouldContain("native/build.sh");
    }

    [Fact]
    public void A_named_shim_that_is_not_there_is_named() =>
        Should.Throw<TorchNotFoundException>(() => Shim.Find(_folder.FullName, "/nowhere/shim.so")).Message.ShouldContain("'/nowhere/shim.so', which does not exist");

    [Fact]
    public void A_broken_shim_is_told_with_what_the_loader_said()
    {
        var file = Write("libpessimist_torch.so");
        Should.Throw<TorchNotFoundException>(() => Shim.Open(file)).Message.ShouldContain("file too short");
    }

    [Fact]
    public void A_library_that_is_no_shim_is_refused() =>
        Should.Throw<TorchNotFoundException>(() => Shim.Open("libc.so.6")).Message.ShouldContain("native/build.sh");

    [Fact]
    public void The_shim_is_found_named_then_beside_then_shipped_then_above()
    {
        var deep = Directory.CreateDirectory(Path.Combine(_folder.FullName, "artifacts", "bin", "tool")).FullName;
        var above = Write("artifacts/native/libpessimist_torch.so");
        Shim.Find(deep, null).ShouldBe(above);
        var shipped = Write($"artifacts/bin/tool/runtimes/linux-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}/native/libpessimist_torch.so");
        Shim.Find(deep, "").ShouldBe(shipped);
        var beside = Write("artifacts/bin/tool/libpessimist_torch.so");
        Shim.Find(deep, null).ShouldBe(beside);
        Shim.Find(deep, above).ShouldBe(above);
    }

    string Write(string name)
    {
        var file = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        return file;
    }
}
