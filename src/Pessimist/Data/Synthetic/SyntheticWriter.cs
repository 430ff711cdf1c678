using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Pessimist.Data.Synthetic;

/// <summary>How a set is written.</summary>
public enum SyntheticFormat
{
    /// <summary>One row an example; of sequences one row a step, with <c>id</c> and <c>step</c>.</summary>
    Csv,

    /// <summary>Arrays <c>x</c> and <c>y</c>.</summary>
    Npz,

    /// <summary>PNG pictures, one folder for each class.</summary>
    Folder,
}

/// <summary>Writes synthetic sets in forms that <see cref="DataReader"/> reads.</summary>
public static class SyntheticWriter
{
    /// <summary>By the ending of the path: .csv, .npz, else a folder.</summary>
    public static SyntheticFormat FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => SyntheticFormat.Csv,
        ".NPZ" => SyntheticFormat.Npz,
        "" => SyntheticFormat.Folder,
        var other => throw new PessimistException($"'{path}' ends in {other.ToLowerInvariant()}, which is not written", "write .csv, .npz, or for pictures a folder"),
    };

    /// <param name="overwrite">Whether a file or folder that is there already is replaced.</param>
    public static void Write(SyntheticData data, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(path);
        var format = FormatOf(path);
        if (format == SyntheticFormat.Folder && !data.IsPicture)
            throw new PessimistException($"only pictures are written into a folder, and '{path}' has no ending", $"write {path}.csv or {path}.npz");
        if (format == SyntheticFormat.Csv && data.TargetsEach > 1)
            throw new PessimistException($"{data.TargetsEach} targets for each example do not fit into a table", "write .npz");
        if (Path.Exists(path) && !overwrite) throw new PessimistException($"'{path}' exists", "give another --output, or --force to replace it");
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent) Directory.CreateDirectory(parent);
            if (format == SyntheticFormat.Csv) Csv(data, path);
            else if (format == SyntheticFormat.Npz) Npz(data, path);
            else Pictures(data, path, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PessimistException($"'{path}' cannot be written: {e.Message}", inner: e);
        }
    }

    static void Csv(SyntheticData data, string path)
    {
        using var text = new StreamWriter(path, append: false, new UTF8Encoding(false));
        text.NewLine = "\n";
        string[] features = data.Features.Count > 0 ? [.. data.Features] : [.. Enumerable.Range(0, data.Length).Select(p => string.Create(CultureInfo.InvariantCulture, $"pixel{p}"))];
        text.WriteLine(string.Join(',', (data.IsSequence ? ["id", "step", .. features] : features).Append(data.Classes.Count > 0 ? "label" : "target")));
        var line = new StringBuilder();
        for (var i = 0; i < data.Count; i++)
        {
            var target = data.Classes.Count > 0 ? data.Classes[(int)data.Target(i)[0]] : Text(data.Target(i)[0]);
            var values = data.Input(i);
            for (int start = 0, step = 0; start < values.Length; start += features.Length, step++)
            {
                line.Clear();
                if (data.IsSequence) line.Append(CultureInfo.InvariantCulture, $"{i},{step},");
                foreach (var value in values.Slice(start, features.Length)) line.Append(Text(value)).Append(',');
                text.WriteLine(line.Append(target));
            }
        }
    }

    static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    static void Npz(SyntheticData data, string path)
    {
        using var file = File.Create(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        int[] shape = [data.Count, .. data.Shape];
        if (data.IsPicture) Array("x", "|u1", data.Shape[0] == 1 ? [data.Count, data.Shape[1], data.Shape[2]] : shape, [.. data.Inputs.Select(v => (byte)v)]);
        else Array("x", "<f4", shape, MemoryMarshal.AsBytes(data.Inputs.AsSpan()));
        int[] targets = data.TargetsEach > 1 ? [data.Count, data.TargetsEach] : [data.Count];
        if (data.Classes.Count > 0) Array("y", "<i8", targets, MemoryMarshal.AsBytes<long>([.. data.Targets.Select(t => (long)t)]));
        else Array("y", "<f4", targets, MemoryMarshal.AsBytes(data.Targets.AsSpan()));

        void Array(string name, string type, int[] sizes, ReadOnlySpan<byte> bytes)
        {
            var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.Fastest);
            // The same bytes each time, whenever they are written.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var stream = entry.Open();
            var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", sizes)}{(sizes.Length == 1 ? "," : "")}), }}";
            // Magic, version, length and header fill a multiple of 64 bytes.
            header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + '\n';
            stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
            stream.Write(Encoding.ASCII.GetBytes(header));
            stream.Write(bytes);
        }
    }

    static void Pictures(SyntheticData data, string path, bool overwrite)
    {
        // Only folders of classes are replaced: whatever else lies there is not ours.
        if (overwrite)
            foreach (var name in data.Classes)
                if (Directory.Exists(Path.Combine(path, name)))
                    Directory.Delete(Path.Combine(path, name), recursive: true);
        foreach (var name in data.Classes) Directory.CreateDirectory(Path.Combine(path, name));
        var pixels = new byte[data.Length];
        for (var i = 0; i < data.Count; i++)
        {
            var values = data.Input(i);
            for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)values[p];
            PngWriter.Write(Path.Combine(path, data.Classes[(int)data.Target(i)[0]], string.Create(CultureInfo.InvariantCulture, $"{i:D6}.png")), pixels, data.Shape[2], data.Shape[1]);
        }
    }
}
