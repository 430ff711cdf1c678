using System.Globalization;
using System.Text;
using CsvHelper;

namespace Pessimist.Data.Readers;

/// <summary>Reads a text table: delimiter among comma, semicolon, tab and bar; quotes; with or without names in the first line; .gz too.</summary>
static class CsvTableReader
{
    const int SampleBytes = 1 << 20;

    /// <summary>A longer record is a quote that is never closed; 10^5 columns of 17 digits take 2 MiB.</summary>
    const int LongestRecord = 256 << 20;

    /// <summary>Rows that decide whether there is a header.</summary>
    const int FirstRows = 50;

    public static RawData Read(string path, ReadOptions options)
    {
        // A digit and a delimiter become 8 bytes.
        Limits.CheckFits(new FileInfo(path).Length, 4, path);
        List<string> notes = [];
        var encoding = TextEncoding.Guess(Head(path));
        if (ReferenceEquals(encoding, Encoding.Latin1)) notes.Add("the text is not UTF-8 and was read as Latin-1");
        CsvMalformedRecord? unclosed = null;
        using var reader = CsvReader.Create(GzipFile.OpenRead(path), new CsvReaderOptions
        {
            Separator = options.Delimiter,
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MaxRecordSize = LongestRecord,
            BufferSize = 1 << 18,
            Encoding = ReferenceEquals(encoding, Encoding.Latin1) ? encoding : null,
            OnMalformedRecord = record => unclosed = record.Reason == CsvMalformedReason.UnterminatedQuote ? record : unclosed,
        });
        try
        {
            var data = Parse(reader, path, options, notes);
            if (unclosed is null) return data;
        }
        catch (PessimistException) when (unclosed is not null)
        {
            // What follows an unclosed quote is ragged or empty; the quote is the cause.
        }
        catch (CsvFormatException e)
        {
            throw new PessimistException($"{path}: {e.Message}", "mend the row", e);
        }

        throw new PessimistException(string.Create(CultureInfo.InvariantCulture, $"{path}: a quote in the record that begins at line {unclosed.Value.LineNumber} is never closed"),
            "close the quote; inside a quoted field write two quotes for one");
    }

    static RawData Parse(CsvReader reader, string path, ReadOptions options, List<string> notes)
    {
        List<(string[] Fields, long Line)> first = [];
        while (first.Count < FirstRows && reader.Read()) first.Add((reader.Current.ToArray(), reader.LineNumber));
        if (first.Count == 0) throw new PessimistException($"{path} holds no rows", "give a file with data");
        if (first[0].Fields.Length > 1 && reader.Separator != ',') notes.Add($"fields are divided by {Words(reader.Separator)}");
        var hasNames = options.Header ?? Header.IsPresent([.. first.Select(f => f.Fields)]);
        var names = hasNames ? Header.Names(first[0].Fields, notes) : Header.Numbered(first[0].Fields.Length);
        if (!hasNames) notes.Add($"the first line holds data, not names: columns are called {names[0]} … {names[^1]}");
        var table = new TableBuilder(path, names, hasNames);
        foreach (var (fields, line) in first.Skip(hasNames ? 1 : 0))
        {
            table.BeginRow(fields.Length, line);
            for (var i = 0; i < names.Length; i++) table.Columns[i].Add(fields[i]);
        }

        while (reader.Read())
        {
            if ((table.Count & 255) == 0) options.Cancellation.ThrowIfCancellationRequested();
            table.BeginRow(reader.FieldCount, reader.LineNumber);
            for (var i = 0; i < names.Length; i++) table.Columns[i].Add(reader.GetSpan(i));
        }

        return table.Count > 0 ? table.Build("text table", notes)
            : throw new PessimistException($"{path} holds a header of {names.Length} columns and no rows", "give a file with data");
    }

    static byte[] Head(string path)
    {
        using var stream = GzipFile.OpenRead(path);
        var head = new byte[SampleBytes];
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    static string Words(char separator) => separator switch
    {
        '\t' => "tabs",
        ';' => "semicolons",
        '|' => "bars",
        _ => $"'{separator}'",
    };
}
