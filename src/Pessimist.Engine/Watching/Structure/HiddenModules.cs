using System.Collections;
using System.Globalization;
using System.Reflection;
using Pessimist.Torch;
using Module = Pessimist.Torch.Nn.Module;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>Names a module that a network keeps where the framework does not look: in a dictionary, or in a list of lists.</summary>
static class HiddenModules
{
    const int Deepest = 3;

    public static string? PathOf(Module root, Module wanted)
    {
        foreach (var (path, module) in root.NamedModules())
            for (var type = module.GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (Inside(field.GetValue(module), wanted, Deepest) is { } rest)
                        return (path.Length == 0 ? "" : $"{path}.") + NameOf(field) + rest;
        return null;
    }

    /// <summary>Weights that a module keeps in an array or a list, which the framework does not look into: tensors that ask for gradients and come from nothing.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> TensorsOf(Module module)
    {
        for (var type = module.GetType(); type is not null && type != typeof(Module); type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (field.GetValue(module) is IList list)
                    for (var i = 0; i < list.Count; i++)
                        if (list[i] is Tensor { IsDisposed: false, RequiresGrad: true, IsLeaf: true } tensor)
                            yield return (string.Create(CultureInfo.InvariantCulture, $"{NameOf(field)}.{i}"), tensor);
    }

    static string? Inside(object? value, Module wanted, int depth)
    {
        if (ReferenceEquals(value, wanted)) return "";
        if (depth == 0) return null;
        if (value is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
                if (Inside(entry.Value, wanted, depth - 1) is { } rest)
                    return string.Create(CultureInfo.InvariantCulture, $".{entry.Key}{rest}");
        }
        else if (value is IList list)
        {
            for (var i = 0; i < list.Count; i++)
                if (Inside(list[i], wanted, depth - 1) is { } rest)
                    return string.Create(CultureInfo.InvariantCulture, $".{i}{rest}");
        }

        return null;
    }

    static string NameOf(FieldInfo field)
    {
        var name = field.Name;
        if (name.StartsWith('<')) name = name[1..name.IndexOf('>', StringComparison.Ordinal)];
        return name.TrimStart('_').ToLowerInvariant();
    }
}
