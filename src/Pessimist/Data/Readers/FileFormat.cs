using System.IO.Compression;

namespace Pessimist.Data.Readers;

enum FileFormat
{
    Text,
    Json,
    Parquet,
    Idx,
    Npy,
    Npz,
}

/// <summary>Tells formats apart by their first bytes, and explains those that are not read.</summary>
static class FileFormats
{
    /// <summary>The format inside, looking through gzip.</summary>
    public static FileFormat Detect(string path)
    {
        var head = Head(path);
        if (StartsWith(head, "PAR1"u8)) return FileFormat.Parquet;
        if (StartsWith(head, [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'])) return FileFormat.Npy;
        if (StartsWith(head, [(byte)'P', (byte)'K', 3, 4]) || StartsWith(head, [(byte)'P', (byte)'K', 5, 6])) return Zip(path);
        if (head.Length >= 4 && head[0] == 0 && head[1] == 0 && IdxReader.IsElementType(head[2]) && head[3] is >= 1 and <= 6) return FileFormat.Idx;
        if (Unread(head, path) is { } refusal) throw refusal;
        if (TextEncoding.LooksBinary(head))
            throw new PessimistException($"{path} holds binary data of no known kind (it begins with {Convert.ToHexString(head.AsSpan(0, Math.Min(8, head.Length)))})",
                "give CSV, TSV, Parquet, JSON, MNIST-format IDX, NPY, NPZ or a folder of pictures by class");
        return IsJson(head, path) ? FileFormat.Json : FileFormat.Text;
    }

    static bool IsJson(byte[] head, string path)
    {
        var text = head.AsSpan();
        if (StartsWith(head, [0xEF, 0xBB, 0xBF])) text = text[3..];
        text = text.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty) return false;
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var named = Path.GetExtension(name).ToUpperInvariant() is ".JSON" or ".JSONL" or ".NDJSON";
        return text[0] == '{' || (text[0] == '[' && (named || text[1..].TrimStart(" \t\r\n"u8).StartsWith("{"u8)));
    }

    static PessimistException? Unread(byte[] head, string path)
    {
        if (StartsWith(head, [0x89, (byte)'P', (byte)'N', (byte)'G']) || StartsWith(head, [0xFF, 0xD8, 0xFF]))
            return new PessimistException($"{path} is a single picture", "give a folder that holds one folder of pictures for each class");
        if (StartsWith(head, [0x89, (byte)'H', (byte)'D', (byte)'F']))
            return new PessimistException($"{path} is an HDF5 file, which is not read", "save the arrays with numpy.savez('data.npz', x=…, y=…)");
        if (StartsWith(head, "%PDF"u8)) return new PessimistException($"{path} is a PDF", "give the data as CSV");
        if (StartsWith(head, "SQLite format 3"u8)) return new PessimistException($"{path} is an SQLite database", "export the table as CSV");
        // Pickle protocols 2 to 5 open with PROTO; nothing else here does.
        if (head.Length > 2 && head[0] == 0x80 && head[1] is >= 2 and <= 5)
            return new PessimistException($"{path} is a pickle, which can run any code when it is opened and is never read",
                "save the arrays with numpy.savez('data.npz', x=…, y=…) or the table as CSV");
        return null;
    }

    static FileFormat Zip(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var names = archive.Entries.Take(1000).Select(e => e.FullName).ToList();
        if (names.Exists(n => n.EndsWith(".npy", StringComparison.Ordinal))) return FileFormat.Npz;
        if (names.Exists(n => n.EndsWith(".pkl", StringComparison.Ordinal)))
            throw new PessimistException($"{path} is a PyTorch file, which holds a pickle that can run any code when it is opened and is never read",
                "save the arrays with numpy.savez('data.npz', x=x.numpy(), y=y.numpy())");
        throw names.Contains("[Content_Types].xml")
            ? new PessimistException($"{path} is an Excel or Office file", "save the sheet as CSV")
            : new PessimistException($"{path} is a ZIP archive without NPY arrays", "unpack it, and give the file or folder inside");
    }

    static byte[] Head(string path)
    {
        using var stream = GzipFile.OpenRead(path);
        var head = new byte[1 << 16];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head[..length];
    }

    static bool StartsWith(byte[] head, ReadOnlySpan<byte> magic) => head.AsSpan().StartsWith(magic);
}
