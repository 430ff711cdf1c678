using System.Text;

namespace Pessimist.Data.Readers;

/// <summary>Tells text from binary data, and UTF-8 from what came before it.</summary>
static class TextEncoding
{
    /// <summary>True when the beginning of a file cannot be text: NULs or many control characters.</summary>
    public static bool LooksBinary(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return false;
        if (head.Contains((byte)0)) return true;
        var odd = 0;
        foreach (var b in head)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f')) odd++;
        return odd > 1 + head.Length / 100;
    }

    /// <summary>UTF-8 when the beginning is valid UTF-8, else Latin-1, in which every byte is a character. A byte-order mark wins later.</summary>
    public static Encoding Guess(ReadOnlySpan<byte> head)
    {
        // A character cut in two by the end of the sample is no error.
        for (var cut = 0; cut < 4 && cut <= head.Length; cut++)
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut])) return new UTF8Encoding(false);
        return Encoding.Latin1;
    }
}
