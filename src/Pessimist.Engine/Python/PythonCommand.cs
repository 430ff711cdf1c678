using System.Text;
using Pessimist.Text;

namespace Pessimist.Engine.Python;

/// <summary>A Python program and what it is given, as the user would start it by hand.</summary>
/// <param name="Program">Path of the script, or name of the module.</param>
/// <param name="IsModule">Started with <c>-m</c>.</param>
/// <param name="Arguments">Those of the program.</param>
public sealed record PythonCommand(string Program, bool IsModule, IReadOnlyList<string> Arguments)
{
    static readonly string[] s_endings = [".py", ".pyw", ".pyz"];

    /// <summary>What follows the interpreter.</summary>
    public IReadOnlyList<string> Words => IsModule ? ["-m", Program, .. Arguments] : [Program, .. Arguments];

    /// <summary>Reads <c>train.py --lr 1</c>, <c>-m package.module --lr 1</c> or <c>torchrun train.py</c>.</summary>
    /// <param name="command">The command of the tool, for messages.</param>
    /// <exception cref="PessimistException">No program is named, or it is no Python script.</exception>
    public static PythonCommand Parse(IReadOnlyList<string> words, string command)
    {
        ArgumentNullException.ThrowIfNull(words);
        var example = $"pessimist {command} train.py";
        switch (words)
        {
            case []:
                throw new PessimistException($"{command} needs a program: a Python script, or -m and a module", $"{example}, or pessimist {command} --help");
            case ["-m"]:
                throw new PessimistException("-m names no module", $"pessimist {command} -m package.module");
            case ["-m", var module, ..]:
                return module.Length > 0 && module.Split('.').All(IsIdentifier)
                    ? new PythonCommand(module, true, [.. words.Skip(2)])
                    : throw new PessimistException($"-m {module}: that is not the name of a module", $"write it as in Python, such as -m package.module; a file is named without -m: pessimist {command} {module}");
            case ["torchrun", ..] when !File.Exists("torchrun"):
                return new PythonCommand("torch.distributed.run", true, [.. words.Skip(1)]);
        }

        var script = words[0];
        RefuseUnfit(script, command);
        return new PythonCommand(script, false, [.. words.Skip(1)]);
    }

    static void RefuseUnfit(string script, string command)
    {
        if (Directory.Exists(script))
        {
            if (File.Exists(Path.Combine(script, "__main__.py"))) return;
            throw new PessimistException($"'{script}' is a folder without __main__.py", $"name the script that trains: pessimist {command} {Path.Combine(script, "train.py")}");
        }

        if (!File.Exists(script))
        {
            if (script is "python" or "python3" || script.EndsWith("/python", StringComparison.Ordinal) || script.EndsWith("/python3", StringComparison.Ordinal))
                throw new PessimistException($"'{script}' is an interpreter, not a script", $"name the script only, and the interpreter with --python: pessimist {command} --python {script} train.py");
            throw Missing(script);
        }

        var ending = Path.GetExtension(script);
        if (s_endings.Contains(ending, StringComparer.OrdinalIgnoreCase)) return;
        if (ending.Equals(".ipynb", StringComparison.OrdinalIgnoreCase))
            throw new PessimistException($"'{script}' is a notebook", $"turn it into a script first: jupyter nbconvert --to script {script}");
        if (ending.Length == 0 && IsText(script)) return;
        throw new PessimistException($"'{script}' is not a Python script", ending is ".csv" or ".tsv" or ".parquet" or ".npz" or ".npy"
            ? $"for a data set: pessimist diagnose {script}"
            : "name a file that ends in .py");
    }

    static PessimistException Missing(string script)
    {
        var folder = Path.GetDirectoryName(script) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder)) return new PessimistException($"there is no file '{script}': the folder '{folder}' does not exist", "check the path");
        var names = Directory.EnumerateFiles(folder, "*.py").Take(10_000).Select(f => folder == "." ? Path.GetFileName(f) : Path.Combine(folder, Path.GetFileName(f)));
        return new PessimistException($"there is no file '{script}'{DidYouMean.Suffix(script, names)}", "check the path, or the folder you are in");
    }

    static bool IsIdentifier(string word) => word.Length > 0 && !char.IsDigit(word[0]) && word.All(c => char.IsLetterOrDigit(c) || c == '_');

    /// <summary>A script without an ending, as tools are installed.</summary>
    static bool IsText(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var head = new byte[512];
            var text = Encoding.UTF8.GetString(head, 0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
            return !text.Contains('\0', StringComparison.Ordinal) && (!text.StartsWith("#!", StringComparison.Ordinal) || text.Split('\n')[0].Contains("python", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PessimistException($"'{file}' cannot be read: {e.Message.TrimEnd('.')}", "check its permissions", e);
        }
    }
}
