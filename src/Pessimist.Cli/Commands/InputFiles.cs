using Pessimist.Text;

namespace Pessimist.Cli.Commands;

/// <summary>Files and folders that commands are given.</summary>
static class InputFiles
{
    /// <exception cref="PessimistException">There is no such file or folder; names one that may be meant.</exception>
    public static void RefuseMissing(string path)
    {
        if (File.Exists(path) || Directory.Exists(path)) return;
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder)) throw new PessimistException($"there is no file '{path}': the folder '{folder}' does not exist", "check the path");
        var names = Directory.EnumerateFileSystemEntries(folder).Take(10_000).Select(f => folder == "." ? Path.GetFileName(f) : Path.Combine(folder, Path.GetFileName(f)));
        throw new PessimistException($"there is no file '{path}'{DidYouMean.Suffix(path, names)}", "check the path, or the folder you are in");
    }
}
