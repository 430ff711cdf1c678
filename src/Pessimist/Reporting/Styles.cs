namespace Pessimist.Reporting;

/// <summary>Colour for a terminal, or none. The text itself must be clean before it is styled.</summary>
public sealed class Styles(bool colour)
{
    public static Styles None { get; } = new(false);

    public static Styles Ansi { get; } = new(true);

    public string Error(string text) => Wrap("1;31", text);

    public string Warning(string text) => Wrap("1;33", text);

    public string Note(string text) => Wrap("1;36", text);

    public string Good(string text) => Wrap("32", text);

    public string Strong(string text) => Wrap("1", text);

    public string Faint(string text) => Wrap("2", text);

    string Wrap(string code, string text) => colour && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
