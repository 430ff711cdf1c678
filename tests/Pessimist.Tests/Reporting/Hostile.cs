using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

/// <summary>Runs as an enemy would write them: the records of a good one with hostile names, numbers and lists in their places.</summary>
sealed class Hostile(int seed)
{
    static readonly string[] _texts =
    [
        "\e[2J\e[31mred", "\u202Etxt.exe", "\u0007\0\b", "\u009b31m", "</script><img src=x onerror=alert(1)>", "<!--", "-->", "```", "~~~", "| a |", "\r\n# heading", "[a](javascript:alert(1))",
        "@somebody", "https://example.org/x", "{{json}}", new string('x', 20_000), "\ud800", "\udfff\ud800", "🧨数字", "../../../etc/passwd", "/etc/passwd", "\u2028\u2029", "a\tb", "\ufeff", "NaN", "İıß",
        "", " ", "-", "'\"`\\", "&lt;b&gt;", "<details><summary>", "%s%n{0}", "𝒳̶̧̛",
    ];

    readonly Random _random = new(seed);

    public string Text() => string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => _texts[_random.Next(_texts.Length)]));

    public Run Run(Run healthy)
    {
        var lines = new StringBuilder();
        foreach (var observation in healthy.Observations)
        {
            if (_random.Next(10) == 0) continue;
            var record = JsonNode.Parse(ObservationLine.Write(observation))!;
            Spoil(record);
            for (var n = _random.Next(20) == 0 ? 50 : 1; n > 0; n--) lines.Append(record.ToJsonString()).Append('\n');
        }

        return RunReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()))).Run;
    }

    void Spoil(JsonNode node)
    {
        switch (node)
        {
            case JsonObject record:
                foreach (var key in record.Select(p => p.Key).Where(k => k != "kind").ToArray())
                    record[key] = Spoiled(record[key]);
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++) list[i] = Spoiled(list[i]);
                if (list.Count > 0 && _random.Next(30) == 0) list.Clear();
                else if (list.Count is > 0 and < 20 && _random.Next(30) == 0)
                    for (var i = 0; i < 300; i++) list.Add(list[0]?.DeepClone());
                break;
        }
    }

    JsonNode? Spoiled(JsonNode? node)
    {
        if (node is JsonValue value)
        {
            if (_random.Next(12) > 0) return value.DeepClone();
            return value.GetValueKind() switch
            {
                JsonValueKind.String => Text(),
                JsonValueKind.Number => _random.Next(6) switch { 0 => 1e308, 1 => -1, 2 => 0, 3 => null, 4 => 1e-320, _ => 2_000_000_000 },
                _ => value.DeepClone(),
            };
        }

        if (node is null || _random.Next(60) == 0) return null;
        var copy = node.DeepClone();
        Spoil(copy);
        return copy;
    }
}
