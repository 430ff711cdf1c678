using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Pessimist.Observations;

namespace Pessimist.Tests.Observations;

/// <summary>A record of every kind with every field set, made by its shape.</summary>
static class Examples
{
    /// <summary>Words that a field of this name may hold; others hold their own name.</summary>
    static readonly Dictionary<string, string> _words = new()
    {
        ["Name"] = "fc1.weight", ["Module"] = "fc1", ["Parameter"] = "fc1.weight", ["Type"] = "Linear", ["File"] = "train.py", ["Function"] = "main",
        ["Phase"] = "train", ["Split"] = "validation", ["Metric"] = "accuracy", ["DType"] = "float32", ["Device"] = "cuda:0", ["Operation"] = "linear",
        ["MadeBy"] = "linear", ["Kind"] = "cross-entropy", ["Reduction"] = "mean", ["Program"] = "train.py", ["Language"] = "python", ["Framework"] = "torch 1.13.1",
        ["Hash"] = "7f3a90c2", ["Of"] = "loop-event",
    };

    public static IEnumerable<Observation> All() => ObservationLine.Kinds.Select(k => (Observation)Make(k.Record, "", 0)!);

    public static object Of(Type record) => Make(record, "", 0)!;

    static object? Make(Type type, string name, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Make(value, name, depth);
        if (type == typeof(string)) return _words.GetValueOrDefault(name) ?? JsonNamingPolicy.KebabCaseLower.ConvertName(name);
        if (type == typeof(double)) return 0.125 + name.Length;
        if (type == typeof(int)) return name.Length;
        if (type == typeof(long)) return 100L + name.Length;
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 11, 20, 15, 45, 12, TimeSpan.Zero);
        if (type == typeof(byte[])) return new byte[] { 0, 128, 255 };
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 1 && type.IsAssignableFrom(arguments[0].MakeArrayType()))
        {
            var list = Array.CreateInstance(arguments[0], depth < 3 ? 1 : 0);
            if (list.Length > 0) list.SetValue(Make(arguments[0], name, depth + 1), 0);
            return list;
        }

        if (arguments.Length == 2)
        {
            var dictionary = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            dictionary["lr"] = Make(arguments[1], name, depth + 1);
            return dictionary;
        }

        return depth < 5 ? Record(type, depth) : null;
    }

    static object Record(Type type, int depth)
    {
        var record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            property.SetValue(record, Make(property.PropertyType, property.Name, depth + 1));
        return record;
    }
}
