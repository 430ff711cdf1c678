using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Pessimist.Engine.Watching.Lines;

/// <summary>
/// Where in a method another one is called. The runtime tells the place of a frame only to the last point at which its stack was empty, which in
/// optimized code may be statements earlier: <c>var loss = …; loss.Backward();</c> leaves the loss on the stack.
/// </summary>
static class CallInstructions
{
    static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (int)(ushort)c.Value);

    /// <returns>Offset of the first call of <paramref name="callee"/> at or after <paramref name="from"/>; null when there is none.</returns>
    public static int? Find(MethodBase method, int from, MethodBase callee)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) return null;
        for (var at = 0; at < code.Length;)
        {
            var start = at;
            int value = code[at++];
            if (value == 0xFE && at < code.Length) value = 0xFE00 | code[at++];
            if (!Codes.TryGetValue(value, out var instruction)) return null;
            if (start >= from && instruction.OperandType == OperandType.InlineMethod && Calls(method, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)), callee)) return start;
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)),
                _ => 4,
            };
        }

        return null;
    }

    static bool Calls(MethodBase method, int token, MethodBase callee)
    {
        try
        {
            var type = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
            var called = method.Module.ResolveMethod(token, type, method.IsGenericMethod ? method.GetGenericArguments() : null);
            return called is not null && called.Module == callee.Module && called.MetadataToken == callee.MetadataToken;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
