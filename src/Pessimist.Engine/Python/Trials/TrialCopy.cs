namespace Pessimist.Engine.Python.Trials;

/// <summary>A copy of a working directory, for one trial.</summary>
/// <param name="path">Where the trial runs.</param>
/// <param name="root">The folder for temporary files that stands for <c>/</c>; null when the trial runs in the original.</param>
sealed class TrialCopy(string path, string? root) : IDisposable
{
    public string Path => path;
    public string? Root => root;

    /// <summary>A command that names files of the original by absolute paths names those of the copy.</summary>
    public PythonCommand Command(PythonCommand command)
    {
        if (root is null) return command;
        var original = path[root.Length..];
        string Moved(string word)
        {
            var at = word.IndexOf(original, StringComparison.Ordinal);
            var starts = at == 0 || at > 0 && word[at - 1] is '=' or ':' or ',';
            var end = at + original.Length;
            return at >= 0 && starts && (end == word.Length || word[end] == '/') ? word.Insert(at, root) : word;
        }

        return command with { Program = command.IsModule ? command.Program : Moved(command.Program), Arguments = [.. command.Arguments.Select(Moved)] };
    }

    public void Dispose()
    {
        if (root is not null) Delete(root);
    }

    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What stays in the folder for temporary files is no reason to lose a result.
        }
    }
}
