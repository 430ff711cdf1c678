using System.Reflection;
using System.Text.RegularExpressions;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests;

/// <summary>What completion shows to whoever uses the package: every type says what it is, and every operation on tensors its formula or its shapes.</summary>
public sealed partial class DocumentationTests
{
    static readonly HashSet<string> _documented = [.. Member().Matches(File.ReadAllText(Path.ChangeExtension(typeof(Tensor).Assembly.Location, ".xml"))).Select(m => m.Groups[1].Value)];

    [Fact]
    public void Every_public_type_is_documented() =>
        typeof(Tensor).Assembly.GetExportedTypes().Select(t => $"T:{t.FullName!.Replace('+', '.')}").Where(t => !_documented.Contains(t)).ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(Tensor))]
    [InlineData(typeof(Functional))]
    [InlineData(typeof(Loss))]
    [InlineData(typeof(Autograd))]
    [InlineData(typeof(Foreach))]
    public void Every_operation_is_documented(Type type)
    {
        var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m is PropertyInfo { Name: not "Item" } || m is MethodInfo method && !method.Name.StartsWith("get_", StringComparison.Ordinal) && !method.Name.StartsWith("set_", StringComparison.Ordinal)
                && method.GetBaseDefinition().DeclaringType == type)
            .Select(m => $"{(m is PropertyInfo ? 'P' : 'M')}:{type.FullName}.{m.Name}").Distinct();
        members.Where(m => !_documented.Contains(m)).ShouldBeEmpty();
    }

    /// <summary>Without the types of parameters: overloads share what they are about.</summary>
    [GeneratedRegex("<member name=\"([^\"(`]*)")]
    private static partial Regex Member();
}
