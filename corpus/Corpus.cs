using System.Reflection;

namespace Pessimist.Corpus;

/// <summary>Every program: each public static property of type <see cref="CorpusProgram"/> in this assembly.</summary>
public static class Corpus
{
    public static IReadOnlyList<CorpusProgram> All { get; } =
    [
        .. typeof(Corpus).Assembly.GetTypes()
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(p => p.PropertyType == typeof(CorpusProgram))
            .Select(p => (CorpusProgram)p.GetValue(null)!)
            .OrderBy(p => p.Name, StringComparer.Ordinal),
    ];
}
