using System.Runtime.InteropServices;
using Pessimist.Torch.Native;

namespace Pessimist.Torch;

/// <summary>libtorch itself: whether it is there, and what it is.</summary>
public static unsafe class Torch
{
    /// <summary>Whether tensors work on this machine; <see cref="Require"/> says why not.</summary>
    public static bool IsAvailable
    {
        get
        {
            try
            {
                Require();
                return true;
            }
            catch (TorchNotFoundException)
            {
                return false;
            }
        }
    }

    /// <summary>Loads libtorch, which takes about a second the first time.</summary>
    /// <exception cref="TorchNotFoundException">It is missing; the message says how to install it.</exception>
    public static void Require() => Shim.Load();

    /// <summary>libtorch's version, such as <c>1.13.0</c>.</summary>
    public static string Version => Info(0);

    /// <summary>How libtorch was built: BLAS, oneDNN, OpenMP, instruction sets.</summary>
    public static string Configuration => Info(1);

    /// <summary>What libtorch says about its threads.</summary>
    public static string Threading => Info(2);

    /// <summary>What libtorch warned of since the last call; it prints none of it.</summary>
    public static string[] TakeWarnings() => Info(3).Split('\x1e', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The file of the BLAS library that matrix products use, or null where it cannot be told (one linked into libtorch).
    /// Debian's libtorch takes whatever <c>libblas.so.3</c> is.
    /// </summary>
    public static string? Blas
    {
        get
        {
            Require();
            if (!File.Exists("/proc/self/maps")) return null;
            return File.ReadLines("/proc/self/maps")
                .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
                .FirstOrDefault(file => Path.GetFileName(file) is var name
                    && (name.StartsWith("libblas.", StringComparison.Ordinal) || name.StartsWith("libopenblas", StringComparison.Ordinal)
                        || name.StartsWith("libmkl_rt", StringComparison.Ordinal) || name.StartsWith("libblis", StringComparison.Ordinal)));
        }
    }

    /// <summary>Whether matrix products run on the unoptimized reference BLAS: many times slower than they could be.</summary>
    public static bool BlasIsSlow => Blas is { } blas && IsReferenceBlas(blas);

    // Debian keeps each implementation in a folder of its own: .../openblas-pthread/libblas.so.3, and the reference in .../blas/.
    internal static bool IsReferenceBlas(string file) =>
        Path.GetFileName(file).StartsWith("libblas.", StringComparison.Ordinal)
        && Path.GetFileName(Path.GetDirectoryName(file)) is "blas" or "lib" or "lib64" or "x86_64-linux-gnu" or "aarch64-linux-gnu";

    static string Info(int what)
    {
        byte* text;
        Shim.Check(Shim.pt_info(what, &text), "asking libtorch about itself");
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}

/// <summary>The random numbers of libtorch: initializations, dropout, shuffles.</summary>
public static class Rng
{
    /// <summary>Seeds the generators of all devices.</summary>
    public static void Seed(long seed) => Shim.Check(Shim.pt_seed(Watching.Watcher.Current?.Seed(seed) ?? seed), "seeding");

    /// <summary>The generator's state, to return to with <see cref="SetState"/>.</summary>
    public static byte[] GetState(Device? device = null)
    {
        var (type, index) = Place(device);
        nint state = 0;
        Shim.Check(Shim.pt_random_state(type, index, ref state), "reading the state of the random numbers");
        using var tensor = new Tensor(state);
        return tensor.ToArray<byte>();
    }

    /// <summary>Continues with the numbers that followed <see cref="GetState"/>.</summary>
    public static void SetState(byte[] state, Device? device = null)
    {
        var (type, index) = Place(device);
        using var tensor = Tensor.From(state);
        using var held = new Tensor.Hold(tensor);
        var pointer = held.Pointer;
        Shim.Check(Shim.pt_random_state(type, index, ref pointer), "setting the state of the random numbers");
    }

    static (int Type, int Index) Place(Device? device)
    {
        var place = device ?? Device.Cpu;
        return ((int)place.Type, place.Type == DeviceType.Cuda ? Math.Max(place.Index, 0) : -1);
    }
}

/// <summary>How many threads libtorch computes on.</summary>
public static class Threads
{
    /// <summary>Inside one operator.</summary>
    public static int Count
    {
        get => Ask(0, 0);
        set => Ask(0, value > 0 ? value : throw new TorchException($"the number of threads is at least 1, not {value}"));
    }

    /// <summary>Between operators; can be set only before the first use.</summary>
    public static int InteropCount
    {
        get => Ask(1, 0);
        set => Ask(1, value > 0 ? value : throw new TorchException($"the number of threads is at least 1, not {value}"));
    }

    static int Ask(int which, int count)
    {
        Shim.Check(Shim.pt_threads(which, count, out var current), "setting the number of threads");
        return current;
    }
}

/// <summary>What tensors cost in memory.</summary>
public static class Memory
{
    /// <summary>Handles on tensors that are neither disposed of nor collected: what a loop must not let grow.</summary>
    public static long LiveTensors => TensorHandle.Live;

    /// <summary>
    /// Counts what libtorch allocates on the CPU from now on. Tensors made before are not counted, nor the scratch memory of
    /// oneDNN and BLAS. Off at first, since it costs a little on every allocation.
    /// </summary>
    public static bool Track
    {
        set => Read(Device.Cpu, value ? 1 : 0);
    }

    /// <summary>Bytes in use that were allocated while <see cref="Track"/> was on; on CUDA always.</summary>
    public static long CurrentBytes(Device? device = null) => Read(device ?? Device.Cpu, 2).Current;

    /// <summary>The most bytes in use since tracking began or <see cref="ResetPeak"/>.</summary>
    public static long PeakBytes(Device? device = null) => Read(device ?? Device.Cpu, 2).Peak;

    public static void ResetPeak(Device? device = null) => Read(device ?? Device.Cpu, 3);

    static (long Current, long Peak) Read(Device device, int what)
    {
        var index = Math.Max(device.Index, 0);
        Shim.Check(Shim.pt_memory((int)device.Type, index, what, out var current, out var peak), $"reading the memory use of {device}");
        return (current, peak);
    }
}
