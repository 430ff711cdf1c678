namespace Pessimist.Data.Readers;

/// <summary>The numbers that tables are full of, read without a look at anything else: a sign, digits, a point, digits, an exponent.</summary>
static class PlainNumber
{
    /// <summary>Whole numbers up to here, and powers of ten up to 22, are doubles without rounding, so that one operation on them rounds rightly (Clinger 1990).</summary>
    const ulong LargestExact = 1UL << 53;

    const int LargestPower = 22;

    static ReadOnlySpan<double> Powers =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>The nearest double; false for what is no such number, or has so many digits that finding it takes more.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        var i = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) i++;
        ulong digits = 0;
        var start = i;
        int digit;
        for (; i < text.Length && (digit = text[i] - '0') is >= 0 and <= 9; i++) digits = digits * 10 + (uint)digit;
        int count = i - start, power = 0;
        if (i < text.Length && text[i] == '.')
        {
            var point = ++i;
            for (; i < text.Length && (digit = text[i] - '0') is >= 0 and <= 9; i++) digits = digits * 10 + (uint)digit;
            power = point - i;
            count -= power;
        }

        // Up to 18 digits have not overflowed.
        if (count is 0 or > 18 || digits > LargestExact) return false;
        if (i < text.Length && text[i] is (byte)'e' or (byte)'E' && !TryExponent(text[(i + 1)..], ref power)) return false;
        else if (i < text.Length && text[i] is not ((byte)'e' or (byte)'E')) return false;
        if (power is < -LargestPower or > LargestPower) return false;
        number = power < 0 ? digits / Powers[-power] : digits * Powers[power];
        if (negative) number = -number;
        return true;
    }

    static bool TryExponent(ReadOnlySpan<byte> text, ref int power)
    {
        var sign = 1;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        if (text.Length is 0 or > 3) return false;
        var exponent = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            exponent = exponent * 10 + (c - '0');
        }

        power += sign * exponent;
        return true;
    }
}
