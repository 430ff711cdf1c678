using System.Globalization;
using System.IO.Compression;

namespace Pessimist.Torch.Serialization;

/// <summary>NumPy's archive of named arrays: a zip of <c>.npy</c> entries.</summary>
public static class Npz
{
    const int MostEntries = 100_000;

    // What deflate can expand to at most, with a little for small entries.
    const int LargestRatio = 1032;
    const int Slack = 1024;

    /// <summary>The arrays of a file by name, without the <c>.npy</c>.</summary>
    /// <exception cref="TorchException">The file cannot be read, or is not what it claims to be.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = Files.Open(path);
        return Files.ReadAll(tensors =>
        {
            try
            {
                using var zip = new ZipArchive(file, ZipArchiveMode.Read);
                if (zip.Entries.Count > MostEntries) throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {zip.Entries.Count} entries, more than {MostEntries}"));
                foreach (var entry in zip.Entries)
                {
                    var what = $"'{entry.FullName}' in '{path}'";
                    if (entry.CompressedLength > file.Length || entry.Length > (entry.CompressedLength + Slack) * LargestRatio)
                    {
                        throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"{what} claims {entry.Length} bytes, more than its {entry.CompressedLength} compressed ones can hold"));
                    }
                    using var stream = entry.Open();
                    var name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                    var tensor = Npy.Read(stream, entry.Length, what);
                    if (tensors.TryAdd(name, tensor)) continue;
                    tensor.Dispose();
                    throw new TorchException($"'{path}' has two arrays of the name '{name}'");
                }
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
            {
                throw new TorchException($"'{path}' is no NumPy archive: {e.Message}", e);
            }
        });
    }

    /// <summary>Writes the tensors uncompressed, as <c>numpy.savez</c> does.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors) => Files.Replace(path, file =>
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (!names.Add(name)) throw new TorchException($"the name '{name}' cannot be written to '{path}' twice");
            using var stream = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
            Npy.Write(stream, tensor, $"'{name}' in '{path}'");
        }
    });
}
