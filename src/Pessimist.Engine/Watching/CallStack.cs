using System.Diagnostics;
using System.Reflection;
using Pessimist.Observations;

namespace Pessimist.Engine.Watching;

/// <summary>Which line of the program is running: the innermost frame that is neither of the framework nor of the probe.</summary>
static class CallStack
{
    const int MostFrames = 64;

    static readonly Assembly[] Own = [typeof(CallStack).Assembly, typeof(Torch.Tensor).Assembly, typeof(Runs.Run).Assembly];

    /// <param name="constructing">A type whose constructors are not the line that is looked for: somebody calls them.</param>
    public static Site? Find(Type? constructing = null)
    {
        var trace = new StackTrace(1, fNeedFileInfo: true);
        foreach (var frame in trace.GetFrames())
        {
            if (SiteOf(frame) is not { } site) continue;
            if (constructing is not null && frame.GetMethod() is ConstructorInfo { DeclaringType: { } type } && type.IsAssignableFrom(constructing)) continue;
            return site;
        }

        return null;
    }

    /// <summary>The program's own frames of an exception, the innermost first.</summary>
    public static IReadOnlyList<Site> Of(Exception exception)
    {
        List<Site> sites = [];
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
            if (sites.Count < MostFrames && SiteOf(frame) is { } site)
                sites.Add(site);
        return sites;
    }

    static Site? SiteOf(StackFrame frame)
    {
        if (frame.GetFileLineNumber() is var line && line <= 0 || frame.GetFileName() is not { } file) return null;
        if (frame.GetMethod() is not { } method || Array.IndexOf(Own, method.Module.Assembly) >= 0) return null;
        return new Site(file, line, NameOf(method), frame.GetFileColumnNumber() is var column && column > 0 ? column : null);
    }

    /// <summary>The method as the source has it: a lambda is named by the method around it, an iterator by itself.</summary>
    public static string? NameOf(MethodBase method)
    {
        if (Between(method.Name) is { } around) return around;
        if (method is ConstructorInfo) return method.DeclaringType?.Name;
        return method.Name == "MoveNext" && method.DeclaringType is { } machine && Between(machine.Name) is { } name ? name : method.Name;
    }

    static string? Between(string name)
    {
        if (!name.StartsWith('<')) return null;
        var end = name.LastIndexOf('>');
        // The entry point of top-level statements is <Main>$, a lambda in it <<Main>$>b__0.
        return name.StartsWith("<Main>$", StringComparison.Ordinal) || name.StartsWith("<<Main>$>", StringComparison.Ordinal) ? "Main" : end > 1 ? name[1..end] : null;
    }
}
