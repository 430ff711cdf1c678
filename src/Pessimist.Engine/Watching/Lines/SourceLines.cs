using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Pessimist.Engine.Watching.Lines;

/// <summary>File, line and column of a place in compiled code, from the assembly's symbols.</summary>
static class SourceLines
{
    static readonly ConcurrentDictionary<Assembly, MetadataReaderProvider?> Symbols = new();

    /// <returns>Null without symbols, and for code that is of no line.</returns>
    public static (string File, int Line, int Column)? Find(MethodBase method, int offset)
    {
        if (method.Module.Assembly is not { IsDynamic: false } assembly || Symbols.GetOrAdd(assembly, Open) is not { } symbols) return null;
        var reader = symbols.GetMetadataReader();
        var row = MetadataTokens.GetRowNumber(MetadataTokens.EntityHandle(method.MetadataToken));
        if (row > reader.MethodDebugInformation.Count) return null;
        (string, int, int)? found = null;
        foreach (var point in reader.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle(row)).GetSequencePoints())
        {
            if (point.Offset > offset) break;
            if (!point.IsHidden) found = (reader.GetString(reader.GetDocument(point.Document).Name), point.StartLine, point.StartColumn);
        }

        return found;
    }

    static MetadataReaderProvider? Open(Assembly assembly)
    {
        try
        {
            if (assembly.Location is not { Length: > 0 } path) return null;
            using var image = new PEReader(File.OpenRead(path));
            return image.TryOpenAssociatedPortablePdb(path, p => File.Exists(p) ? File.OpenRead(p) : null, out var symbols, out _) ? symbols : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }
}
