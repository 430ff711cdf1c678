using System.Text.RegularExpressions;
using Pessimist.Engine.Testing;
using Pessimist.Tests;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Guides;

/// <summary>What docs/guides/dotnet.md shows is compiled here, and run.</summary>
public sealed partial class GuideTests
{
    static readonly string _root = Snapshot.RepositoryRoot();

    [Fact]
    public void LeNet_learns_the_digits_in_under_60_lines()
    {
        TrainLeNet.Run(Path.Combine(_root, "samples", "digits.csv"), epochs: 5).ShouldBeLessThan(0.2);
        File.ReadLines(Path.Combine(_root, "tests/Pessimist.Engine.Tests/Guides/TrainLeNet.cs")).Count().ShouldBeLessThan(60);
    }

    [Fact]
    public void Weights_are_saved_and_loaded()
    {
        var folder = Directory.CreateTempSubdirectory("pessimist-guide-");
        try
        {
            Snippets.SaveAndLoad(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_probe_finds_the_softmax() => Snippets.Watch().ShouldContain(line => line.Contains("PES302") && line.Contains("Snippets.cs:"));

    [Fact]
    public void The_guide_shows_the_code_that_is_tested()
    {
        const string guide = "docs/guides/dotnet.md";
        var page = File.ReadAllText(Path.Combine(_root, guide));
        var shown = Example().Replace(page, m => $"<!-- example: {m.Groups[1].Value} -->\n```csharp\n{Code(m.Groups[1].Value)}```\n");
        shown = Message().Replace(shown, $"<!-- message -->\n```\n{Failure()}\n```\n");
        Example().Count(page).ShouldBe(CSharp().Count(page), "every block of C# is an example");
        Snapshot.MatchRepositoryFile(shown, guide);
    }

    static string Failure()
    {
        using var scope = Scope.New();
        Rng.Seed(0);
        using var net = new Mlp(4, 64, 3);
        var step = new LearningStep(Tensor.Randn([32, 4]), Tensor.RandInt(0, 3, [32])) { Optimizer = p => new Adam(p, lr: 1e-8) };
        return Should.Throw<NetworkAssertionException>(() => NetworkAssert.CanOverfitOneBatch(net, step)).Message;
    }

    /// <param name="name"><c>File.cs</c> or <c>File.cs part</c>.</param>
    static string Code(string name)
    {
        var words = name.Split(' ', 2);
        var text = File.ReadAllText(Path.Combine(_root, "tests/Pessimist.Engine.Tests/Guides", words[0]));
        if (words.Length == 1) return text;
        string[] lines = [.. text.Split('\n').SkipWhile(l => l.Trim() != $"// <{words[1]}>").Skip(1).TakeWhile(l => l.Trim() != $"// </{words[1]}>")];
        lines.ShouldNotBeEmpty($"{words[0]} has no part {words[1]}");
        var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Concat(lines.Select(l => $"{(l.Length > indent ? l[indent..] : l)}\n"));
    }

    [GeneratedRegex("<!-- example: ([^>]*) -->\\n```csharp\\n.*?```\\n", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("<!-- message -->\\n```\\n.*?```\\n", RegexOptions.Singleline)]
    private static partial Regex Message();

    [GeneratedRegex("^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharp();
}
