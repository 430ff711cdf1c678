using System.Buffers.Binary;

namespace Pessimist.Data.Readers;

/// <summary>Reads MNIST-format IDX files: two zero bytes, element type, number of dimensions, big-endian sizes, elements (Y. LeCun's description).</summary>
static class IdxReader
{
    const string Format = "MNIST-format IDX";

    /// <summary>Reads images with the labels file beside them; a labels file leads to its images.</summary>
    public static RawData Read(string path)
    {
        var (shape, elements) = ReadArray(path);
        if (shape.Length == 1)
        {
            var images = Beside(path, "labels", "images", "idx1", "idx3")
                ?? throw new PessimistException($"{path} holds {shape[0]} single numbers (labels), and no images file lies beside it", "give the images file, with the labels file in the same folder");
            return Read(images);
        }

        var labels = Beside(path, "images", "labels", "idx3", "idx1");
        var (kind, items, note, reading) = ArrayLayout.Arrange(shape, elements, path);
        List<string> notes = note is null ? [] : [note];
        Column? column = null;
        if (labels is not null)
        {
            column = ReadLabels(labels, path, items.Count);
            notes.Add($"labels come from {Path.GetFileName(labels)}");
        }

        return new RawData { Source = path, Kind = kind, Format = Format, Count = items.Count, Items = items, Labels = column, Reading = reading, Notes = notes };
    }

    /// <summary>The IDX files of a folder (train-images…, t10k-images… or test-images…), or null when it has none.</summary>
    public static IdxFolder? FindFolder(string folder)
    {
        string? train = null, test = null, only = null;
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (!name.Contains("images", StringComparison.Ordinal) || !name.Contains("idx", StringComparison.Ordinal)) continue;
            // The unpacked file is as good as the packed one beside it.
            if (name.StartsWith("train", StringComparison.Ordinal)) train ??= file;
            else if (name.StartsWith("t10k", StringComparison.Ordinal) || name.StartsWith("test", StringComparison.Ordinal)) test ??= file;
            else only ??= file;
        }

        return (train ?? only ?? test) is { } first ? new IdxFolder(folder, first, first == test ? null : test) : null;
    }

    public static bool IsElementType(byte type) => type is 0x08 or 0x09 or 0x0B or 0x0C or 0x0D or 0x0E;

    static NumberColumn ReadLabels(string path, string images, int count)
    {
        var (shape, elements) = ReadArray(path);
        if (shape.Length != 1)
            throw new PessimistException($"{path} should hold one label for each example of {images}; it holds an array of {shape.Length} dimensions");
        if (shape[0] != count)
            throw new PessimistException($"{path} holds {shape[0]} labels, {images} holds {count} examples", "take both files from the same set");
        var labels = new double[count];
        for (var i = 0; i < count; i++) labels[i] = elements.Bytes is { } bytes ? bytes[i] : elements.Floats![i];
        return new NumberColumn("label", labels);
    }

    static (int[] Shape, Elements Elements) ReadArray(string path)
    {
        using var stream = GzipFile.OpenRead(path);
        var header = new byte[4];
        ReadExactly(stream, header, path, "its header");
        if (header[0] != 0 || header[1] != 0 || !IsElementType(header[2]) || header[3] is < 1 or > 6)
            throw new PessimistException($"{path} is no IDX file: it begins with {Convert.ToHexString(header)}, IDX with 0000, a type and the number of dimensions", "fetch the file again");
        var sizes = new byte[4 * header[3]];
        ReadExactly(stream, sizes, path, "its sizes");
        var shape = new int[header[3]];
        Int128 product = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(sizes.AsSpan(4 * i));
            if (shape[i] < 1) throw new PessimistException($"{path}: dimension {i + 1} has size {shape[i]}", "fetch the file again");
            product *= shape[i];
        }

        var bytesEach = header[2] switch { 0x08 or 0x09 => 1, 0x0B => 2, 0x0E => 8, _ => 4 };
        var packed = stream is FileStream ? 1 : GzipFile.LargestRatio;
        if (product * bytesEach > (Int128)new FileInfo(path).Length * packed)
            throw new PessimistException($"{path} breaks off: its header announces [{string.Join(", ", shape)}] elements, the file has {Limits.Size(new FileInfo(path).Length)}", "fetch the file again");
        Limits.CheckFits((long)product, Math.Max(4, bytesEach), path);
        var raw = new byte[(int)product * bytesEach];
        ReadExactly(stream, raw, path, $"[{string.Join(", ", shape)}] elements");
        return (shape, Convert8To32(raw, header[2]));
    }

    static Elements Convert8To32(byte[] raw, byte type)
    {
        if (type == 0x08) return new Elements(raw, null, "uint8");
        var width = type switch { 0x09 => 1, 0x0B => 2, 0x0E => 8, _ => 4 };
        var floats = new float[raw.Length / width];
        for (var i = 0; i < floats.Length; i++)
        {
            var at = raw.AsSpan(i * width, width);
            floats[i] = type switch
            {
                0x09 => (sbyte)at[0],
                0x0B => BinaryPrimitives.ReadInt16BigEndian(at),
                0x0C => BinaryPrimitives.ReadInt32BigEndian(at),
                0x0D => BinaryPrimitives.ReadSingleBigEndian(at),
                _ => (float)BinaryPrimitives.ReadDoubleBigEndian(at),
            };
        }

        return new Elements(null, floats, type switch { 0x09 => "int8", 0x0B => "int16", 0x0C => "int32", 0x0D => "float32", _ => "float64" });
    }

    static void ReadExactly(Stream stream, byte[] buffer, string path, string what)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read < buffer.Length)
            throw new PessimistException($"{path} breaks off: {what} need {buffer.Length:N0} bytes, {read:N0} are there", "fetch the file again");
    }

    static string? Beside(string path, string word, string other, string dimensions, string otherDimensions)
    {
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } given ? given : ".";
        var name = Path.GetFileName(path);
        if (!name.Contains(word, StringComparison.Ordinal)) return null;
        var bare = (name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name).Replace(word, other, StringComparison.Ordinal);
        foreach (var candidate in new[] { bare.Replace(dimensions, otherDimensions, StringComparison.Ordinal), bare })
            foreach (var ending in new[] { "", ".gz" })
                if (Path.Combine(folder, candidate + ending) is var full && File.Exists(full)) return full;
        return null;
    }
}

/// <summary>A folder of IDX files: the training images, and the test images when both are there.</summary>
sealed record IdxFolder(string Folder, string Train, string? Test)
{
    public RawData Read() => Test is null ? IdxReader.Read(Train) : IdxReader.Read(Train).WithTest(IdxReader.Read(Test));
}
