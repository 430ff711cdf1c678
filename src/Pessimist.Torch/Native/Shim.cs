using System.Reflection;
using System.Runtime.InteropServices;

namespace Pessimist.Torch.Native;

/// <summary>The exported functions of <c>native/pessimist_torch.h</c>.</summary>
static unsafe partial class Shim
{
    const string Library = "pessimist_torch";
    const int Abi = 2;

    const string Remedy =
        "Install libtorch with 'sudo apt-get install libtorch-dev libopenblas0-pthread cmake g++' (or set LIBTORCH to a libtorch or to the torch folder of "
        + "a PyTorch installation) and build the shim with 'native/build.sh', or, in a project that uses the package Pessimist.Torch, with "
        + "'dotnet build -t:BuildTorchBridge'; PESSIMIST_TORCH_SHIM may name a shim built elsewhere";

    static Shim() => NativeLibrary.SetDllImportResolver(typeof(Shim).Assembly, Resolve);

    static readonly Lock _loading = new();
    static nint _library;

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? Load() : 0;

    /// <summary>Loads the shim and through it libtorch.</summary>
    /// <exception cref="TorchNotFoundException">One of them is missing, broken or of another version.</exception>
    internal static nint Load()
    {
        lock (_loading)
        {
            if (_library != 0) return _library;
            return _library = Open(Find(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PESSIMIST_TORCH_SHIM")));
        }
    }

    internal static nint Open(string file)
    {
        nint library;
        try
        {
            library = NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchNotFoundException($"'{file}' does not load: {LoaderMessage(e)}. {Remedy}", e);
        }
        if (!NativeLibrary.TryGetExport(library, "pt_abi", out var abi) || ((delegate* unmanaged<int>)abi)() != Abi)
        {
            throw new TorchNotFoundException($"'{file}' was built for another version of this program. Build it again with 'native/build.sh', or 'dotnet build -t:BuildTorchBridge' in a project that uses the package");
        }
        return library;
    }

    /// <summary>The shim's file: the one named, else one beside the program, else the package's, else one built in the repository around it.</summary>
    internal static string Find(string from, string? named)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named)
                ? named
                : throw new TorchNotFoundException($"PESSIMIST_TORCH_SHIM names '{named}', which does not exist. {Remedy}");
        }
        var file = $"lib{Library}.so";
        var shipped = Path.Combine(from, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native", file);
        // One that was built for this machine goes before the one that came with the package.
        if (Path.Combine(from, file) is var beside && File.Exists(beside)) return beside;
        if (File.Exists(shipped)) return shipped;
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in (ReadOnlySpan<string>)[Path.Combine(folder.FullName, file), Path.Combine(folder.FullName, "artifacts", "native", file)])
            {
                if (File.Exists(candidate)) return candidate;
            }
        }
        throw new TorchNotFoundException($"libtorch's shim {file} was not found. {Remedy}");
    }

    // The runtime's advice comes first, what the loader said after it.
    static string LoaderMessage(Exception e)
    {
        var lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines[Math.Min(1, lines.Length - 1)].TrimEnd('.');
    }

    /// <summary>What failed last on this thread. Without what nobody reads: a missing backend's list of all backends.</summary>
    internal static string Error()
    {
        const int Most = 700;
        var text = WholeError();
        return text.Length <= Most ? text : $"{text[..Most]}…";
    }

    internal static string WholeError() => Marshal.PtrToStringUTF8((nint)pt_error())?.Trim() ?? "";

    /// <summary>The exception for a failed call; what was being done is worded after the call, so it costs nothing otherwise.</summary>
    internal static TorchException Failure(string doing)
    {
        var error = Error();
        return new TorchException($"{doing} failed: {error}");
    }

    /// <summary>Turns a failed status into an exception that says what was being done.</summary>
    internal static void Check(int status, string doing)
    {
        if (status != 0) throw Failure(doing);
    }

    [LibraryImport(Library)]
    internal static partial byte* pt_error();

    [LibraryImport(Library)]
    internal static partial int pt_info(int what, byte** text);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pt_find(string name, string overload, out nint op, out int arguments, out int returns, out byte* schema);

    [LibraryImport(Library)]
    internal static partial int pt_call(nint op, NativeValue* args, int n, NativeValue* results, int* count);

    [LibraryImport(Library)]
    internal static partial void pt_free(nint p);

    [LibraryImport(Library)]
    internal static partial int pt_from_memory(void* data, long* sizes, int rank, int dtype, delegate* unmanaged<nint, void> release, nint state, out nint result);

    [LibraryImport(Library)]
    internal static partial void pt_release(nint tensor);

    [LibraryImport(Library)]
    internal static partial int pt_describe(nint tensor, NativeMeta* meta);

    [LibraryImport(Library)]
    internal static partial int pt_grad(nint tensor, out nint grad);

    [LibraryImport(Library)]
    internal static partial int pt_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)]
    internal static partial int pt_set_requires_grad(nint tensor, int value);

    [LibraryImport(Library)]
    internal static partial int pt_backward(nint* outputs, nint* grads, int n, nint* inputs, int m, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library)]
    internal static partial int pt_mode_begin(int what, ref long state);

    [LibraryImport(Library)]
    internal static partial void pt_mode_end(int what, long state);

    [LibraryImport(Library)]
    internal static partial int pt_grad_enabled();

    [LibraryImport(Library)]
    internal static partial int pt_seed(long seed);

    [LibraryImport(Library)]
    internal static partial int pt_random_state(int deviceType, int deviceIndex, ref nint state);

    [LibraryImport(Library)]
    internal static partial int pt_threads(int which, int n, out int current);

    [LibraryImport(Library)]
    internal static partial int pt_device_count(int deviceType, out int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pt_script_load(string path, out nint script, out byte* description);

    [LibraryImport(Library)]
    internal static partial void pt_script_release(nint script);

    [LibraryImport(Library)]
    internal static partial int pt_script_tensor(nint script, int index, out nint tensor);

    [LibraryImport(Library)]
    internal static partial int pt_script_training(nint script, int module, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pt_script_call(nint script, int module, string method, NativeValue* args, int n, NativeScriptWatch* watch, NativeValue* results, int* count);

    [LibraryImport(Library)]
    internal static partial int pt_script_run(nint frame, nint input, out nint output);

    [LibraryImport(Library)]
    internal static partial int pt_clock(int on, out long nanoseconds);

    [LibraryImport(Library)]
    internal static partial int pt_memory(int deviceType, int deviceIndex, int track, out long current, out long peak);
}
