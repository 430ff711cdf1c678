using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Pessimist.Checks.Settings;

/// <summary>One number that a check compares with, as its <c>Limits</c> record declares it.</summary>
/// <param name="Name">Kebab case: the property MinimumCount is <c>minimum-count</c>.</param>
/// <param name="IsWhole">True for counts.</param>
/// <param name="Meaning">What is compared, in words; empty where the documentation was not shipped.</param>
/// <param name="Source">Paper, equation or corpus behind the default; null where the origin says it all.</param>
public sealed partial record Limit(string Name, string Meaning, double Default, bool IsWhole, Origin Origin, string? Source)
{
    /// <summary>The default as it is written in docs.</summary>
    public string DefaultText => Text(Default);

    /// <summary>"published: cleanlab: rarest share below 0.1/K".</summary>
    public string OriginText => Source is null ? Origin.ToString().ToLowerInvariant() : $"{Origin.ToString().ToLowerInvariant()}: {Source}";

    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Why the value cannot be this limit, or null: it must be finite, whole where it counts, and not negative where the default is not.</summary>
    public string? Refuse(double value) =>
        !double.IsFinite(value) ? "a finite number"
        : Default >= 0 && value < 0 ? "a number of at least 0"
        : IsWhole && (value != Math.Floor(value) || value > int.MaxValue) ? "a whole number"
        : null;

    /// <summary>The limits of a type of check, in the order they are declared.</summary>
    public static IReadOnlyList<Limit> Of(Type check)
    {
        if (check.GetNestedType("Limits") is not { } type || Activator.CreateInstance(type) is not { } defaults) return [];
        return [.. Properties(type).Select(p => From(p, defaults))];
    }

    /// <summary>The defaults of <typeparamref name="T"/> with the given ones put in their place.</summary>
    internal static T Apply<T>(IReadOnlyDictionary<string, double> values) where T : class, new()
    {
        var limits = new T();
        foreach (var property in Properties(typeof(T)))
        {
            if (!values.TryGetValue(Kebab(property.Name), out var value)) continue;
            property.SetValue(limits, property.PropertyType == typeof(int) ? (object)(int)value : value);
        }

        return limits;
    }

    static Limit From(PropertyInfo property, object defaults)
    {
        var origin = property.GetCustomAttribute<OriginAttribute>();
        return new Limit(Kebab(property.Name), LimitMeaning.Of(property.DeclaringType!, property.Name), Convert.ToDouble(property.GetValue(defaults), CultureInfo.InvariantCulture),
            property.PropertyType == typeof(int), origin?.Origin ?? Origin.Convention, origin?.Source);
    }

    static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.CanWrite);

    static string Kebab(string name) => Capital().Replace(name, m => (m.Index == 0 ? "" : "-") + m.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
