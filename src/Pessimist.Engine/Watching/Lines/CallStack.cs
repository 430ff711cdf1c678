using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Pessimist.Observations;

namespace Pessimist.Engine.Watching.Lines;

/// <summary>Which line of the program is running: the innermost frame that is neither of the framework nor of the probe.</summary>
static class CallStack
{
    const int MostFrames = 64;

    static readonly Assembly[] Own = [typeof(CallStack).Assembly, typeof(Torch.Tensor).Assembly, typeof(Runs.Run).Assembly];

    static readonly ConcurrentDictionary<(MethodBase Method, int Offset, MethodBase? Callee), Site?> Known = new();

    /// <param name="constructing">A type whose constructors are not the line that is looked for: somebody calls them.</param>
    public static Site? Find(Type? constructing = null)
    {
        MethodBase? callee = null;
        foreach (var frame in new StackTrace(1, fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is not { } method) continue;
            var isOwn = Array.IndexOf(Own, method.Module.Assembly) >= 0;
            var isConstructor = constructing is not null && method is ConstructorInfo { DeclaringType: { } type } && type.IsAssignableFrom(constructing);
            if (!isOwn && !isConstructor && SiteOf(method, frame.GetILOffset(), callee) is { } site) return site;
            callee = method;
        }

        return null;
    }

    /// <summary>The program's own frames of an exception, the innermost first.</summary>
    public static IReadOnlyList<Site> Of(Exception exception)
    {
        List<Site> sites = [];
        MethodBase? callee = null;
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is not { } method) continue;
            if (sites.Count < MostFrames && Array.IndexOf(Own, method.Module.Assembly) < 0 && SiteOf(method, frame.GetILOffset(), callee) is { } site) sites.Add(site);
            callee = method;
        }

        return sites;
    }

    static Site? SiteOf(MethodBase method, int offset, MethodBase? callee) => Known.GetOrAdd((method, offset, callee), static key =>
    {
        if (key.Offset == StackFrame.OFFSET_UNKNOWN) return null;
        var offset = key.Callee is null ? key.Offset : CallInstructions.Find(key.Method, key.Offset, key.Callee) ?? key.Offset;
        return SourceLines.Find(key.Method, offset) is var (file, line, column) ? new Site(file, line, NameOf(key.Method), column) : null;
    });

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
