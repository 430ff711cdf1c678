using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>
/// One run on disk: <c>.pessimist/runs/ID/</c> with <c>observations.jsonl</c>, and the reports beside it. Records are handed to the
/// system within a tenth of a second, those that end something at once, so that a killed process leaves everything but the last moment.
/// A disk that is full or refuses is no reason to stop diagnosing: recording ends, <see cref="Fault"/> says why, the run goes on in memory.
/// </summary>
public sealed class RunFolder : IDisposable
{
    public const string ObservationsFile = "observations.jsonl";
    public const string HtmlFile = "report.html";
    public const string JsonFile = "report.json";
    const string OwnFolder = ".pessimist";
    const int BufferBytes = 64 << 10;
    const string StampFormat = "yyyyMMdd-HHmmss";

    static readonly TimeSpan s_longestDelay = TimeSpan.FromMilliseconds(100);

    readonly Action<string>? _onFault;
    readonly TimeProvider _time;
    readonly Lock _lock = new();
    readonly byte[] _buffer = new byte[BufferBytes];
    readonly ITimer _flush;
    int _buffered;
    long _flushed;
    FileStream? _file;

    RunFolder(string id, string path, Action<string>? onFault, TimeProvider? time)
    {
        Id = id;
        Path = path;
        _onFault = onFault;
        _time = time ?? TimeProvider.System;
        _flush = _time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time, name and four random digits, e.g. <c>20261120-154512-digits-7f3a</c>; sorts by time.</summary>
    public string Id { get; }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    public string ObservationsPath => System.IO.Path.Combine(Path, ObservationsFile);
    public string HtmlPath => System.IO.Path.Combine(Path, HtmlFile);
    public string JsonPath => System.IO.Path.Combine(Path, JsonFile);

    /// <summary>Why nothing more is written, in words for the user; null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>The folder that holds all runs of a working directory.</summary>
    public static string RunsUnder(string workingDirectory) => System.IO.Path.Combine(workingDirectory, OwnFolder, "runs");

    /// <summary>Opens a new folder. Never throws for what the disk does: see <see cref="Fault"/>.</summary>
    /// <param name="name">What the run is about, usually the name of the data file; shortened to letters, digits and hyphens.</param>
    /// <param name="onFault">Told once when recording ends.</param>
    public static RunFolder Create(string workingDirectory, string name, Action<string>? onFault = null, TimeProvider? time = null) =>
        CreateIn(RunsUnder(workingDirectory), name, onFault, time);

    /// <summary>As <see cref="Create"/>, in any folder of runs.</summary>
    public static RunFolder CreateIn(string runs, string name, Action<string>? onFault = null, TimeProvider? time = null)
    {
        runs = System.IO.Path.GetFullPath(runs);
        var stem = $"{(time ?? TimeProvider.System).GetLocalNow().ToString(StampFormat, CultureInfo.InvariantCulture)}-{Slug(name)}";
        string id, path;
        do
        {
            id = $"{stem}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";
            path = System.IO.Path.Combine(runs, id);
        }
        while (Directory.Exists(path));

        var folder = new RunFolder(id, path, onFault, time);
        folder.Try("create", () =>
        {
            Directory.CreateDirectory(path);
            if (System.IO.Path.GetDirectoryName(runs) is { } parent && System.IO.Path.GetFileName(parent) == OwnFolder)
            {
                var ignore = System.IO.Path.Combine(parent, ".gitignore");
                if (!File.Exists(ignore)) File.WriteAllText(ignore, "*\n");
            }

            folder._file = new FileStream(folder.ObservationsPath, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        });
        return folder;
    }

    /// <summary>Writes one record; made to be the sink of a <see cref="Run"/>.</summary>
    /// <param name="line">The record as <see cref="ObservationLine"/> writes it.</param>
    public void Append(Observation observation, ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_file is null) return;
            if (_buffered + line.Length + 1 > BufferBytes) WriteOut();
            if (line.Length + 1 > BufferBytes)
            {
                WriteThrough(line);
                line = [];
            }

            line.CopyTo(_buffer.AsSpan(_buffered));
            _buffered += line.Length;
            _buffer[_buffered++] = (byte)'\n';
            if (EndsSomething(observation) || _time.GetElapsedTime(_flushed) >= s_longestDelay) WriteOut();
            else if (_buffered == line.Length + 1) _flush.Change(s_longestDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes a report beside the observations, whole or not at all; false when the disk refuses.</summary>
    public bool Write(string fileName, string content)
    {
        if (Fault is not null) return false;
        return Try("write to", () =>
        {
            var final = System.IO.Path.Combine(Path, fileName);
            var partial = final + ".partial";
            try
            {
                File.WriteAllText(partial, content);
                File.Move(partial, final, overwrite: true);
            }
            catch
            {
                File.Delete(partial);
                throw;
            }
        });
    }

    /// <summary>An existing folder, to write its reports again. Nothing is appended to its observations.</summary>
    public static RunFolder Open(RunEntry entry, Action<string>? onFault = null) => new(entry.Id, entry.Path, onFault, null);

    public void Dispose()
    {
        lock (_lock)
        {
            WriteOut();
            if (_file is { } file) Try("close", file.Dispose);
            _file = null;
        }

        _flush.Dispose();
    }

    static bool EndsSomething(Observation observation) =>
        observation is RunStarted or RunEnded or StageFinished or TrainingEnded or ProgramEnded or ExceptionRaised or NonFiniteFound;

    void Flush()
    {
        lock (_lock) WriteOut();
    }

    void WriteOut()
    {
        if (_buffered == 0) return;
        _flushed = _time.GetTimestamp();
        var length = _buffered;
        _buffered = 0;
        WriteThrough(_buffer.AsSpan(0, length));
    }

    void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file?.Write(bytes);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Fail("write to", e);
        }
    }

    bool Try(string verb, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Fail(verb, e);
            return false;
        }
    }

    static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    void Fail(string verb, Exception e)
    {
        if (Fault is not null) return;
        var fault = $"cannot {verb} the run folder {Path}: {e.Message.TrimEnd('.')}; the run goes on without being recorded";
        Fault = fault;
        var file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // The disk that refused the record refuses the rest of the buffer too; the fault is already told.
        }

        _onFault?.Invoke(fault);
    }

    static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in System.IO.Path.GetFileNameWithoutExtension(name.TrimEnd('/', '\\')).ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (slug.Length == 32) break;
        }

        var text = slug.ToString().Trim('-');
        return text.Length > 0 ? text : "run";
    }
}
