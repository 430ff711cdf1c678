using System.Text.RegularExpressions;

namespace Pessimist.Tests;

/// <summary>The arrows between projects, and between the folders of the core. Nothing points back.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>What each folder of the core may use. Text and the exception belong to all.</summary>
    static readonly Dictionary<string, string[]> _core = new()
    {
        ["Text"] = [],
        ["Data"] = [],
        ["Evaluation"] = ["Data"],
        ["Observations"] = ["Data", "Evaluation"],
        ["Runs"] = ["Observations"],
        ["Signals"] = ["Observations", "Runs"],
        ["Checks"] = ["Observations", "Runs", "Signals", "Evaluation", "Data"],
        ["Diagnosis"] = ["Observations", "Runs", "Signals", "Checks"],
        ["Experiments"] = ["Observations", "Runs", "Signals", "Checks", "Evaluation", "Data"],
        ["Studies"] = ["Observations", "Evaluation"],
        ["Advice"] = ["Observations", "Evaluation", "Data"],
        ["Reporting"] = ["Observations", "Runs", "Signals", "Checks", "Diagnosis", "Evaluation", "Data", "Advice"],
    };

    static readonly Dictionary<string, string[]> _projects = new()
    {
        ["Pessimist"] = [],
        ["Pessimist.Torch"] = [],
        ["Pessimist.Engine"] = ["Pessimist", "Pessimist.Torch"],
        ["Pessimist.Cli"] = ["Pessimist.Engine"],
    };

    static readonly string _source = Path.Combine(Snapshot.RepositoryRoot(), "src");

    [Fact]
    public void Folders_of_the_core_use_only_what_lies_before_them()
    {
        List<string> wrong = [];
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(_source, "Pessimist")).Where(d => Directory.EnumerateFiles(d, "*.cs", SearchOption.AllDirectories).Any()))
        {
            var name = Path.GetFileName(folder);
            _core.ShouldContainKey(name, "a new folder of the core needs its arrows here");
            foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            {
                var used = CoreName().Matches(WithoutStrings(File.ReadAllText(file))).Select(m => m.Groups[1].Value).Where(_core.ContainsKey).Distinct();
                wrong.AddRange(used.Where(u => u != name && u != "Text" && !_core[name].Contains(u)).Select(u => $"{Path.GetRelativePath(_source, file)} uses {u}"));
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Projects_reference_only_what_lies_before_them()
    {
        foreach (var project in Directory.EnumerateFiles(_source, "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            _projects.ShouldContainKey(name, "a new project needs its arrows here");
            ProjectName().Matches(File.ReadAllText(project)).Select(m => m.Groups[1].Value).Where(r => !_projects[name].Contains(r)).ShouldBeEmpty(name);
        }
    }

    [Fact]
    public void The_core_knows_no_torch_no_console_and_no_web()
    {
        typeof(PessimistException).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n.StartsWith("Pessimist", StringComparison.Ordinal) || n.StartsWith("Spectre", StringComparison.Ordinal)
                || n.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || n is "System.Console" or "System.CommandLine")
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_arrows_form_no_circle()
    {
        HashSet<string> done = [];
        while (_core.Where(f => !done.Contains(f.Key) && f.Value.All(done.Contains)).Select(f => f.Key).ToArray() is { Length: > 0 } free) done.UnionWith(free);
        done.Count.ShouldBe(_core.Count);
    }

    static string WithoutStrings(string code) => Literal().Replace(code, "\"\"");

    [GeneratedRegex("""(?:using |[^.\w])Pessimist\.([A-Z]\w+)""")]
    private static partial Regex CoreName();

    [GeneratedRegex("\"[^\"\\n]*\"")]
    private static partial Regex Literal();

    [GeneratedRegex("""ProjectReference Include="[^"]*?([\w.]+)\.csproj""")]
    private static partial Regex ProjectName();
}
