using System.Diagnostics;
using System.Text;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Reporting;

namespace Pessimist.Cli.Terminal;

/// <summary>
/// One moving line on a terminal: the stage, a bar, what it is doing, and the time left. It is gone when the walk ends; what was said stays.
/// </summary>
sealed class ProgressLine : IWalkProgress, IDisposable
{
    const int BarWidth = 20;
    const string EraseLine = "\r\e[K";
    static readonly TimeSpan _redrawEvery = TimeSpan.FromMilliseconds(100);

    readonly Screen _screen;
    readonly bool _colors;
    readonly Timer _timer;
    readonly Lock _lock = new();
    string _stage = "";
    WalkStep _step;
    Stopwatch _stageTime = new();
    bool _running;

    public ProgressLine(Screen screen, bool colors)
    {
        _screen = screen;
        _colors = colors;
        // The time left must count down while a long step runs.
        _timer = new Timer(_ => Redraw(), null, _redrawEvery, _redrawEvery);
    }

    public void StageStarted(int number, int stages, string name)
    {
        lock (_lock)
        {
            _stage = FormattableString.Invariant($"{number}/{stages} {name}");
            _step = default;
            _stageTime = Stopwatch.StartNew();
            _running = true;
        }
    }

    public void Stepped(WalkStep step)
    {
        lock (_lock) _step = step;
    }

    public void Said(string message)
    {
        lock (_lock) _screen.Error.WriteLine(EraseLine + Display.Clean(message));
    }

    public void StageFinished(StageFinished stage)
    {
        lock (_lock) _running = false;
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _running = false;
            _screen.Error.Write(EraseLine);
        }
    }

    void Redraw()
    {
        lock (_lock)
        {
            if (_running) _screen.Error.Write(EraseLine + Line(_stage, _step, _stageTime.Elapsed, _screen.Columns(), _colors));
        }
    }

    /// <summary>The line for a moment, at most <paramref name="columns"/> - 1 wide, so that it never wraps.</summary>
    internal static string Line(string stage, WalkStep step, TimeSpan elapsed, int columns, bool colors)
    {
        var share = step.Total > 0 ? Math.Clamp((double)step.Done / step.Total, 0, 1) : (double?)null;
        var text = new StringBuilder(stage).Append("  ");
        if (share is { } s)
        {
            var full = (int)Math.Round(s * BarWidth);
            text.Append('[').Append('#', full).Append('.', BarWidth - full).Append(FormattableString.Invariant($"] {s * 100,3:0} %  "));
        }

        var left = (step.Remaining ?? Pace(share, elapsed)) is { } remaining ? $"{Duration(remaining)} left" : elapsed.TotalSeconds >= 2 ? Duration(elapsed) : "";
        var room = columns - 1 - text.Length - left.Length - 2;
        var line = text.ToString() + (room > 0 ? Display.Fit(Display.Clean(step.What ?? ""), room) + "  " : "") + left;
        line = Display.Fit(line.TrimEnd(), Math.Max(1, columns - 1));
        return colors ? $"\e[36m{line}\e[0m" : line;
    }

    /// <summary>At the pace so far; null until there is a pace to speak of.</summary>
    static TimeSpan? Pace(double? share, TimeSpan elapsed) =>
        share is > 0.02 and var s && elapsed.TotalSeconds >= 1 ? elapsed * ((1 - s) / s) : null;

    internal static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => FormattableString.Invariant($"{Math.Ceiling(Math.Max(0, time.TotalSeconds)):0} s"),
        < 3600 => FormattableString.Invariant($"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };
}
