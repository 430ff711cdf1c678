using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Scripting;

/// <summary>Looks into a file before libtorch does: libtorch trusts lengths, checks no checksum, and has operators that write files.</summary>
static partial class ScriptArchive
{
    const int MostEntries = 100_000;
    const long MostCode = 64 << 20;
    const int DeepestCode = 500; // brackets and blocks; the parser recurses

    // Elements are stored as they are, only code and its notes are compressed.
    const long MostUnpacked = 256 << 20;

    internal static void Check(string path)
    {
        using var file = Files.Open(path);
        Span<byte> start = stackalloc byte[16];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        RefuseOthers(path, start[..length]);
        file.Position = 0;
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            CheckEntries(path, zip, file.Length);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or IOException)
        {
            throw new TorchException($"'{path}' is damaged or cut off: {e.Message.TrimEnd('.')}; save or copy it again", e);
        }
    }

    static void RefuseOthers(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) throw new TorchException($"'{path}' is empty");
        // Pickle protocols 2 to 5, as the torch.save of before PyTorch 1.6 wrote them too.
        if (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5) throw Pickle(path);
        if (start.Length > 8 && start[8] == '{') throw new TorchException($"'{path}' seems to be a safetensors file, which holds weights and no network; give the network by name or as TorchScript: {Script(path)}");
        if (!start.StartsWith("PK"u8)) throw new TorchException($"'{path}' is no TorchScript file; in Python, write one with {Script(path)}");
    }

    static void CheckEntries(string path, ZipArchive zip, long length)
    {
        if (zip.Entries.Count > MostEntries) throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {zip.Entries.Count} entries, more than {MostEntries}"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        var unpacked = 0L;
        foreach (var entry in zip.Entries)
        {
            if (!names.Add(entry.FullName)) throw new TorchException($"'{path}' has two entries of the name '{entry.FullName}'");
            if (entry.Length < 0 || entry.CompressedLength > length || (unpacked += entry.Length) > length + MostUnpacked)
                throw new TorchException($"'{path}' claims more than it can hold: its entry '{entry.FullName}' and those before it unpack to {unpacked.ToString(CultureInfo.InvariantCulture)} bytes");
        }
        RefuseOtherArchives(path, names);
        foreach (var entry in zip.Entries)
        {
            var isCode = entry.FullName.Contains("/code/", StringComparison.Ordinal) && entry.FullName.EndsWith(".py", StringComparison.Ordinal);
            if (isCode && entry.Length > MostCode) throw new TorchException($"'{path}' has more code in '{entry.FullName}' than any network: {entry.Length.ToString(CultureInfo.InvariantCulture)} bytes");
            var code = isCode ? new MemoryStream() : null;
            if (Checksum(entry, code) != entry.Crc32) throw new TorchException($"'{path}' is damaged: the checksum of its entry '{entry.FullName}' is wrong; save or copy it again");
            if (code is not null) CheckCode(path, entry.FullName, Encoding.UTF8.GetString(code.GetBuffer(), 0, (int)code.Length));
        }
    }

    static void RefuseOtherArchives(string path, HashSet<string> names)
    {
        bool Has(string name) => names.Any(n => n.EndsWith($"/{name}", StringComparison.Ordinal) && n.IndexOf('/', StringComparison.Ordinal) == n.Length - name.Length - 1);
        if (Has("constants.pkl") && Has("data.pkl") && names.Any(n => n.Contains("/code/", StringComparison.Ordinal))) return;
        if (Has("data.pkl")) throw Pickle(path);
        if (names.Any(n => n.EndsWith("serialized_exported_program.json", StringComparison.Ordinal) || n.Contains("/models/", StringComparison.Ordinal)))
            throw new TorchException($"'{path}' was written by torch.export, whose programs only Python runs; write TorchScript instead: {Script(path)}");
        if (names.All(n => n.EndsWith(".npy", StringComparison.Ordinal))) throw new TorchException($"'{path}' is a NumPy archive, which holds arrays and no network; in Python, write the network with {Script(path)}");
        throw new TorchException($"'{path}' is an archive, but not of TorchScript; in Python, write one with {Script(path)}");
    }

    static uint Checksum(ZipArchiveEntry entry, MemoryStream? copy)
    {
        using var stream = entry.Open();
        var buffer = new byte[1 << 16];
        uint crc = 0;
        long total = 0;
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if ((total += read) > entry.Length) throw new InvalidDataException($"the entry '{entry.FullName}' is longer than its directory says");
            crc = Crc32.Append(crc, buffer.AsSpan(0, read));
            copy?.Write(buffer, 0, read);
        }
        return total == entry.Length ? crc : throw new InvalidDataException($"the entry '{entry.FullName}' is cut off");
    }

    // The code runs in an interpreter without Python, sockets or processes. What is left to refuse are the operators that touch files,
    // under each name that they can be called by; some code runs already while the file is loaded.
    static void CheckCode(string path, string entry, string code)
    {
        if (Forbidden().Match(code) is { Success: true } found)
            throw new TorchException($"'{path}' has code that may touch files or run what is not a network's: '{found.Value.Trim()}' in '{entry}'; it is not loaded");
        int depth = 0, deepest = 0;
        foreach (var c in code)
        {
            if (c is '(' or '[' or '{') deepest = Math.Max(deepest, ++depth);
            else if (c is ')' or ']' or '}') depth--;
        }
        if (deepest > DeepestCode || Indented().IsMatch(code))
            throw new TorchException($"'{path}' has code nested deeper than any network's in '{entry}'; it is not loaded");
    }

    static TorchException Pickle(string path) => new(
        $"'{path}' is a pickle of Python objects (torch.save) and no TorchScript; reading one can run any code, so it is never read. "
        + $"In Python, where the network is at hand, write TorchScript with {Script(path)}; the weights alone convert with: python3 -c \"import torch, safetensors.torch as s; "
        + $"m = torch.load('{Path.GetFileName(path)}', map_location='cpu'); s.save_file(m if isinstance(m, dict) else m.state_dict(), '{Path.GetFileNameWithoutExtension(path)}.safetensors')\"");

    static string Script(string path) => $"torch.jit.script(model).save('{Path.GetFileNameWithoutExtension(path)}.ts')";

    [GeneratedRegex("""
        \.\s*(?:save|from_file|read_file|write_file)\s*\(|["'](?:save|from_file)["']|getattr\s*\([^"'\n]*["'][^"'\n]*\\|\bops\s*\.\s*(?!(?:aten|prim|prims|quantized|torchvision|torchaudio)\b)\w+|\btorch\s*\.\s*classes\s*\.\s*(?!(?:quantized|rnn|sparse)\b)\w+
        """)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^[ \t]{1000}", RegexOptions.Multiline)]
    private static partial Regex Indented();
}
