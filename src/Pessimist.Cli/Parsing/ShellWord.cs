namespace Pessimist.Cli.Parsing;

/// <summary>Words of a command line as they are typed into a shell.</summary>
static class ShellWord
{
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c > 127 || "_-./=:,@%+".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
