using System.Globalization;
using System.Text.Json;
using Pessimist.Text;

namespace Pessimist.Checks.Settings;

/// <summary>
/// <c>pessimist.json</c>: what a project sets about the checks. It is searched for from the working directory up to the root of the
/// repository, and only in the working directory where there is no repository: a stray file of somebody else sets nothing.
/// </summary>
public static class ProjectFile
{
    public const string FileName = "pessimist.json";
    const int MaxBytes = 1 << 20;
    internal const string SchemaKey = "$schema", SelectKey = "select", IgnoreKey = "ignore", FailOnKey = "failOn", LimitsKey = "limits", PerFileKey = "perFileIgnores";
    internal static readonly string[] Keys = [SchemaKey, SelectKey, IgnoreKey, FailOnKey, LimitsKey, PerFileKey];
    internal static readonly string[] Levels = ["error", "warning", "note", "never"];

    /// <summary>Full path of the project's file; null when there is none.</summary>
    public static string? Find(string workingDirectory)
    {
        var here = new DirectoryInfo(Path.GetFullPath(workingDirectory));
        var root = here;
        while (root is not null && !Path.Exists(Path.Combine(root.FullName, ".git"))) root = root.Parent;
        for (var folder = here; folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, FileName);
            if (File.Exists(file)) return file;
            if (root is null || folder.FullName == root.FullName) return null;
        }

        return null;
    }

    /// <summary>The settings of the project around a folder; the defaults when it has none.</summary>
    /// <exception cref="PessimistException">The file cannot be read, is no JSON, or says something that makes no sense.</exception>
    public static CheckSettings Around(string workingDirectory) =>
        Find(workingDirectory) is { } file ? Read(file, workingDirectory) : CheckSettings.Default;

    /// <exception cref="PessimistException">The file cannot be read, is no JSON, or says something that makes no sense.</exception>
    public static CheckSettings Read(string file, string workingDirectory)
    {
        var shown = Path.GetRelativePath(workingDirectory, file);
        byte[] bytes;
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > MaxBytes) throw new PessimistException($"{shown} holds {stream.Length.ToString(CultureInfo.InvariantCulture)} bytes, and {FileName} at most {MaxBytes.ToString(CultureInfo.InvariantCulture)}", "is it the right file?");
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PessimistException($"{shown} cannot be read: {e.Message.TrimEnd('.')}", "check that the file exists and may be read", e);
        }

        return Parse(bytes, shown) with { File = shown, Folder = Path.GetDirectoryName(Path.GetFullPath(file))!, WorkingDirectory = Path.GetFullPath(workingDirectory) };
    }

    internal static CheckSettings Parse(ReadOnlyMemory<byte> json, string shown)
    {
        if (json.Span.StartsWith("\ufeff"u8)) json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            return new ProjectReader(shown).Settings(document.RootElement);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $"{shown}:{line + 1}: ") : $"{shown}: ";
            // The parser ends with the position that is already said.
            var message = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.', ' ');
            throw new PessimistException($"{place}this is not JSON: {message}", $"pessimist checks --schema prints what {FileName} may hold", e);
        }
    }

    /// <summary>Reads the keys; every mistake names the file and the key.</summary>
    sealed class ProjectReader(string shown)
    {
        public CheckSettings Settings(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object) throw Mistake("", $"a JSON object is expected, not {Kind(root)}");
            var settings = CheckSettings.Default;
            foreach (var property in root.EnumerateObject())
                settings = property.Name switch
                {
                    SchemaKey => settings,
                    SelectKey => settings with { Select = Selectors(property.Value, SelectKey) },
                    IgnoreKey => settings with { Ignore = Selectors(property.Value, IgnoreKey) },
                    FailOnKey => settings with { FailOn = Level(property.Value) },
                    LimitsKey => settings with { Limits = Limits(property.Value) },
                    PerFileKey => settings with { PerFile = PerFile(property.Value) },
                    _ => throw Unknown("", property.Name, "key", Keys),
                };
            return settings;
        }

        List<Selector> Selectors(JsonElement value, string key)
        {
            if (value.ValueKind != JsonValueKind.Array) throw Mistake(key, $"a list such as [\"PES3\"] is expected, not {Kind(value)}");
            return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
                ? Selector.Parse(item.GetString()!, $"{shown}: {key}")
                : throw Mistake(key, $"a code or name of a check is expected, not {Kind(item)}"))];
        }

        FailOn Level(JsonElement value)
        {
            var word = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return Levels.Contains(word, StringComparer.Ordinal) && Enum.TryParse<FailOn>(word, ignoreCase: true, out var level) ? level
                : throw Mistake(FailOnKey, $"{Kind(value)} is not one of {string.Join(", ", Levels)}{DidYouMean.Suffix(word, Levels)}");
        }

        Dictionary<string, IReadOnlyDictionary<string, double>> Limits(JsonElement value)
        {
            Dictionary<string, IReadOnlyDictionary<string, double>> limits = [];
            foreach (var check in Object(value, LimitsKey).EnumerateObject())
            {
                var info = Catalog.Find(check.Name) ?? throw Unknown(LimitsKey, check.Name, "check", Catalog.Infos.Select(i => i.Name));
                if (!limits.TryAdd(info.Name, Limits(check.Value, info))) throw Mistake(LimitsKey, $"{info.Name} is set twice");
            }

            return limits;
        }

        Dictionary<string, double> Limits(JsonElement value, CheckInfo info)
        {
            var key = $"{LimitsKey}.{info.Name}";
            var known = Catalog.LimitsOf(info);
            Dictionary<string, double> limits = [];
            foreach (var given in Object(value, key).EnumerateObject())
            {
                var limit = known.FirstOrDefault(l => l.Name == given.Name) ?? throw (known.Count == 0
                    ? Mistake(key, $"the check {info.Name} has no limits")
                    : Unknown(key, given.Name, "limit", known.Select(l => l.Name)));
                var number = given.Value.ValueKind == JsonValueKind.Number && given.Value.TryGetDouble(out var read) ? read : double.NaN;
                if (limit.Refuse(number) is { } expected) throw Mistake($"{key}.{limit.Name}", $"{Kind(given.Value)} is not {expected}");
                limits[limit.Name] = number;
            }

            return limits;
        }

        List<FileIgnore> PerFile(JsonElement value) =>
            [.. Object(value, PerFileKey).EnumerateObject().Select(p => new FileIgnore(p.Name, Selectors(p.Value, PerFileKey)))];

        JsonElement Object(JsonElement value, string key) =>
            value.ValueKind == JsonValueKind.Object ? value : throw Mistake(key, $"an object is expected, not {Kind(value)}");

        PessimistException Unknown(string key, string given, string what, IEnumerable<string> names)
        {
            string[] all = [.. names];
            return new PessimistException($"{shown}: {(key.Length > 0 ? key + ": " : "")}there is no {what} '{given}'{DidYouMean.Suffix(given, all)}",
                all.Length <= 12 ? $"there are {DidYouMean.List(all)}" : $"pessimist checks --schema prints what {FileName} may hold");
        }

        PessimistException Mistake(string key, string message) =>
            new($"{shown}: {(key.Length > 0 ? key + ": " : "")}{message}", $"pessimist checks --schema prints what {FileName} may hold");

        static string Kind(JsonElement value)
        {
            var text = value.GetRawText();
            return value.ValueKind switch
            {
                JsonValueKind.Object => "an object",
                JsonValueKind.Array => "a list",
                _ => text.Length <= 40 ? text : text[..40] + "…",
            };
        }
    }
}
