using System.Runtime.CompilerServices;
using System.Text;

namespace Pessimist.Tests;

/// <summary>
/// Compares text with a file beside the test, <c>Class.Test.verified.txt</c>. <c>PESSIMIST_UPDATE=1</c> writes the file anew;
/// the change is then reviewed like any other.
/// </summary>
static class Snapshot
{
    public static bool Updating => Environment.GetEnvironmentVariable("PESSIMIST_UPDATE") == "1";

    public static void Match(string text, string extension = "txt", [CallerFilePath] string file = "", [CallerMemberName] string test = "") =>
        MatchFile(text, Path.ChangeExtension(file, null) + $".{test}.verified.{extension}");

    /// <summary>Compares with a file of the repository, for what is generated and shipped.</summary>
    public static void MatchRepositoryFile(string text, string relativePath, [CallerFilePath] string file = "") =>
        MatchFile(text, Path.Combine(RepositoryRoot(file), relativePath));

    public static string RepositoryRoot([CallerFilePath] string file = "")
    {
        for (var directory = Path.GetDirectoryName(file); directory is not null; directory = Path.GetDirectoryName(directory))
            if (File.Exists(Path.Combine(directory, "Pessimist.slnx"))) return directory;
        throw new InvalidOperationException($"{file} is not inside the repository");
    }

    static void MatchFile(string text, string path)
    {
        if (Updating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text, new UTF8Encoding(false));
            return;
        }

        File.Exists(path).ShouldBeTrue($"{path} does not exist; PESSIMIST_UPDATE=1 writes it");
        text.ShouldBe(File.ReadAllText(path), $"{path} is stale; if the change is meant, PESSIMIST_UPDATE=1 writes it anew");
    }
}
