using Pessimist.Data.Readers;
using Pessimist.Text;

namespace Pessimist.Data;

/// <summary>
/// Reads a data set, whatever it is: text tables, Parquet, JSON, MNIST-format IDX, NPY/NPZ, folders of pictures or text by class. The content decides, not the
/// extension. Nothing is ever unpickled or executed; sizes are checked before memory is taken.
/// </summary>
public static class DataReader
{
    /// <summary>Reads a file or folder, and the given test set if there is one.</summary>
    /// <exception cref="PessimistException">The file is missing, damaged, too large or of no known kind.</exception>
    public static RawData Read(string path, string? testPath = null, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ReadOptions();
        var data = ReadOne(path, options);
        return testPath is null ? data : data.WithTest(ReadOne(testPath, options));
    }

    static RawData ReadOne(string path, ReadOptions options)
    {
        try
        {
            if (Directory.Exists(path)) return options.As is { } seen ? ReadFolder(path, options).See(seen) : ReadFolder(path, options);
            CheckIsFile(path);
            var format = FileFormats.Detect(path);
            var data = format switch
            {
                FileFormat.Idx => IdxReader.Read(path),
                FileFormat.Npy => NpyReader.Read(path),
                FileFormat.Npz => NpzReader.Read(path, options.NeedsLabels),
                FileFormat.Parquet => ParquetReader.Read(path, options),
                FileFormat.Json => JsonTableReader.Read(path, options),
                _ => CsvTableReader.Read(path, options),
            };
            if (data.Count > 0 && options.As is { } form) data = data.See(form);
            return data.Count > 0 ? data : throw new PessimistException($"{path} holds no examples", "give a file with data");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PessimistException($"{path} may not be read: {e.Message}", "check its permissions", e);
        }
        catch (InvalidDataException e)
        {
            throw new PessimistException($"{path} is damaged: {e.Message}", "fetch or make the file again", e);
        }
        catch (IOException e)
        {
            throw new PessimistException($"{path} cannot be read: {e.Message}", inner: e);
        }
        catch (OutOfMemoryException e)
        {
            throw new PessimistException($"{path} does not fit into memory", "give a sample of the rows, or a machine with more memory", e);
        }
    }

    static RawData ReadFolder(string path, ReadOptions options) =>
        IdxReader.FindFolder(path) is { } idx ? idx.Read() : ImageFolderReader.HasPictures(path) || !TextFolderReader.IsMeant(path) ? ImageFolderReader.Read(path, options) : TextFolderReader.Read(path, options);

    static void CheckIsFile(string path)
    {
        if (!File.Exists(path)) throw new PessimistException($"there is no file or folder '{path}'{Neighbour(path)}", "check the path");
        var full = Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || full.StartsWith("/sys/", StringComparison.Ordinal))
            throw new PessimistException($"'{path}' is a device, not a file of data", "save the data in a file first");
        if (new FileInfo(full).Length == 0) throw new PessimistException($"{path} is empty (0 bytes)", "give a file with data");
    }

    /// <summary>The nearest folder that exists is where the slip is; what follows it is kept where it then exists.</summary>
    static string Neighbour(string path)
    {
        var full = Path.GetFullPath(path).TrimEnd('/');
        string part = Path.GetFileName(full), rest = "";
        var folder = Path.GetDirectoryName(full);
        while (folder is not null && !Directory.Exists(folder))
            (rest, part, folder) = (Path.Combine(part, rest), Path.GetFileName(folder), Path.GetDirectoryName(folder));
        if (folder is null || part.Length == 0) return "";
        try
        {
            var names = Directory.EnumerateFileSystemEntries(folder).Take(10_000).Select(e => Path.GetFileName(e)!);
            if (DidYouMean.Nearest(part, names) is not { } near) return "";
            var meant = Path.Combine(folder, near, rest);
            if (!Path.Exists(meant)) meant = Path.Combine(folder, near);
            return $"; did you mean '{(Path.IsPathRooted(path) ? meant : Path.GetRelativePath(".", meant))}'?";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
