using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pessimist.Torch.Nn;

/// <summary>Which fields of a module type hold parameters, buffers and children; found once per type.</summary>
/// <remarks>Read-only tensor fields (and get-only properties, which are read-only fields) are parameters, or buffers when marked
/// <see cref="BufferAttribute"/>: what forward may assign to is a cache and not state. Modules and lists of modules are children.</remarks>
sealed class ModuleLayout
{
    static readonly ConcurrentDictionary<Type, ModuleLayout> Cache = new();

    public required Slot[] Parameters { get; init; }
    public required Slot[] Buffers { get; init; }
    public required Slot[] Children { get; init; }

    public static ModuleLayout Of(Type type) => Cache.GetOrAdd(type, Discover);

    static ModuleLayout Discover(Type type)
    {
        List<Slot> parameters = [], buffers = [], children = [];
        foreach (var field in Fields(type))
        {
            var (name, member) = Describe(field);
            Slot slot = new(ToSnakeCase(name), field);
            if (typeof(Tensor).IsAssignableFrom(field.FieldType) && field.IsInitOnly)
                (member.IsDefined(typeof(BufferAttribute)) ? buffers : parameters).Add(slot);
            else if (typeof(Module).IsAssignableFrom(field.FieldType) || typeof(IEnumerable<Module>).IsAssignableFrom(field.FieldType))
                children.Add(slot);
        }
        return new() { Parameters = [.. parameters], Buffers = [.. buffers], Children = [.. children] };
    }

    // Base classes first, then in the order of declaration: the order of PyTorch's state_dict.
    static IEnumerable<FieldInfo> Fields(Type type)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var chain = new Stack<Type>();
        for (var t = type; t is not null && t != typeof(Module); t = t.BaseType)
            chain.Push(t);
        return chain.SelectMany(t => t.GetFields(Declared).OrderBy(f => f.MetadataToken));
    }

    /// <summary>The name as the source has it: the property of a backing field, the parameter of a primary constructor, or the field without its underscore.</summary>
    static (string Name, MemberInfo Member) Describe(FieldInfo field)
    {
        if (!field.IsDefined(typeof(CompilerGeneratedAttribute)) || !field.Name.StartsWith('<'))
            return (field.Name.TrimStart('_'), field);
        var name = field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
        var property = field.DeclaringType!.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
        return (name, (MemberInfo?)property ?? field);
    }

    /// <summary>RunningMean -> running_mean, Fc1 -> fc1, LSTMCell -> lstm_cell.</summary>
    internal static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var starts = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_' &&
                (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (starts)
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    internal readonly record struct Slot(string Name, FieldInfo Field)
    {
        public object? Get(Module module) => Field.GetValue(module);
    }
}
