using System.Text.RegularExpressions;

namespace Pessimist.Torch.Tests;

/// <summary>
/// Whatever is called with whatever arguments, the outcome is a result or an exception: a crash of the process would
/// end the test run. Each seed is a stream of calls of its own.
/// </summary>
public sealed partial class BoundaryFuzzTests
{
    /// <summary>Every operator that the library names, found in its own static fields.</summary>
    static readonly Operator[] Operators =
    [
        .. new[] { typeof(Tensor), typeof(Functional), typeof(Foreach), typeof(Fused) }
            .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(Operator))
            .Select(field => (Operator)field.GetValue(null)!),
    ];

    // Small enough to compute, or so large that nothing can allocate it.
    static readonly long[] Numbers = [0, 1, 1, 2, 2, 3, 5, 7, -1, -2, -5, 1L << 46, 1L << 62, long.MaxValue, long.MinValue];
    static readonly double[] Reals = [0, 1, 0.5, -1, 1e-300, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    static readonly string[] Strings = ["", "none", "tanh", "constant", "reflect", "sum", "\0", "ü€😀", new string('x', 5000)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_calls_end_in_a_result_or_an_exception(int seed)
    {
        Operators.Length.ShouldBeGreaterThan(150);
        var random = new Random(seed);
        var (results, failures) = (0, 0);
        for (var call = 0; call < 200; call++)
        {
            using var scope = Scope.New();
            var op = Operators[random.Next(Operators.Length)];
            try
            {
                foreach (var result in op.CallAny(Arguments(op, random)))
                {
                    if (result.Reference is Tensor tensor) _ = tensor.ToString();
                }
                results++;
            }
            catch (Exception e) when (e is TorchException or ObjectDisposedException)
            {
                e.Message.ShouldNotBeEmpty();
                failures++;
            }
        }
        results.ShouldBePositive();
        failures.ShouldBePositive();
    }

    [Fact]
    public void Every_operator_of_the_library_exists()
    {
        foreach (var op in Operators) op.Schema.ShouldStartWith(op.ToString());
    }

    static Value[] Arguments(Operator op, Random random)
    {
        // Mostly what the schema asks for, so that calls get past the first check; sometimes anything, and any number of it.
        var wanted = Parameter().Matches(op.Schema.Split(" -> ")[0]).Select(m => m.Groups[1].Value).ToList();
        var args = wanted.Select(type => random.Next(8) == 0 ? Anything(random) : Fitting(type, random)).ToList();
        if (random.Next(10) == 0) args.Add(Anything(random));
        if (random.Next(10) == 0 && args.Count > 0) args.RemoveRange(random.Next(args.Count), 1);
        return [.. args];
    }

    [GeneratedRegex(@"(?:\(|, )(?:\*, )?([A-Za-z]+(?:\([a-z]!?(?: -> \*)?\))?\??(?:\[\d*\])?\??) [a-zA-Z_0-9]+(?==|,|\)|$)")]
    private static partial Regex Parameter();

    static Value Fitting(string type, Random random)
    {
        if (type.EndsWith('?') && random.Next(3) == 0) return Value.None;
        if (type.Contains('[', StringComparison.Ordinal))
        {
            return type[0] switch
            {
                'T' => Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(12) == 0 ? null : AnyTensor(random)).ToArray(),
                'S' when type.StartsWith("Scalar", StringComparison.Ordinal) => Enumerable.Range(0, random.Next(4)).Select(_ => Reals[random.Next(Reals.Length)]).ToArray(),
                _ => Enumerable.Range(0, random.Next(5)).Select(_ => Numbers[random.Next(Numbers.Length)]).ToArray(),
            };
        }
        return type[0] switch
        {
            'T' => AnyTensor(random),
            'f' => Reals[random.Next(Reals.Length)],
            'b' => random.Next(2) == 0,
            's' => Strings[random.Next(Strings.Length)],
            'S' when type.StartsWith("ScalarType", StringComparison.Ordinal) => (long)Enum.GetValues<DType>()[random.Next(10)],
            'S' when random.Next(2) == 0 => Reals[random.Next(Reals.Length)],
            'D' => Device.Cpu,
            _ => Numbers[random.Next(Numbers.Length)],
        };
    }

    static Value Anything(Random random) => random.Next(12) switch
    {
        0 => Value.None,
        1 => Value.Default,
        2 => random.Next(2) == 0,
        3 => Reals[random.Next(Reals.Length)],
        4 => Strings[random.Next(Strings.Length)],
        5 => Enumerable.Range(0, random.Next(70)).Select(_ => Numbers[random.Next(Numbers.Length)]).ToArray(),
        6 => new[] { 1.5, double.NaN },
        7 => new[] { true, false },
        8 => new Tensor?[] { null, AnyTensor(random) },
        9 => new Device((DeviceType)random.Next(-1, 40), random.Next(-2, 300)),
        10 => AnyTensor(random),
        _ => Numbers[random.Next(Numbers.Length)],
    };

    static Tensor AnyTensor(Random random)
    {
        var shape = Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(4)).ToArray();
        var dtypes = Enum.GetValues<DType>();
        var tensor = Tensor.Full(shape, random.Next(-1, 3), random.Next(2) == 0 ? DType.Float32 : dtypes[random.Next(dtypes.Length)]);
        switch (random.Next(12))
        {
            case 0: tensor.Dispose(); break;
            case 1 when tensor.Rank >= 2: return tensor.Transpose(0, 1);
            case 2 when tensor.DType.IsFloatingPoint(): return tensor.RequireGrad();
            case 3: return tensor.To(Device.Meta);
            case 4: return tensor.Unsqueeze(0).Expand([.. Enumerable.Repeat(2L, 1), .. tensor.Shape]);
        }
        return tensor;
    }
}
