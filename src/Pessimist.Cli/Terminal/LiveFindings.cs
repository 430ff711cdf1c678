using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Commands;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Terminal;

/// <summary>
/// What is certain while a program still runs, a line each on standard error: proved findings, as they come. The program's own output may stand on the
/// same terminal, so that nothing moves and nothing is erased. Where nobody watches, nothing is written.
/// </summary>
sealed class LiveFindings : IDisposable
{
    static readonly TimeSpan s_every = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_statusEvery = TimeSpan.FromSeconds(10);

    readonly Run _run;
    readonly LiveDiagnosis _diagnosis;
    readonly TextWriter _writer;
    readonly bool _status;
    readonly HashSet<string> _told = [];
    readonly CancellationTokenSource _stop = new();
    readonly Thread _thread;
    int _read;

    LiveFindings(Run run, CheckSettings checks, TextWriter writer, bool status)
    {
        (_run, _writer, _status) = (run, writer, status);
        _diagnosis = LiveDiagnosis.Everything(checks);
        // The program needs the processor more.
        _thread = new Thread(Watch) { IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <returns>Null where nobody watches.</returns>
    public static LiveFindings? Start(Run run, CheckSettings checks, Screen screen, CommonOptions common) =>
        !common.Quiet && (screen.ErrorIsTerminal || common.Verbose) ? new LiveFindings(run, checks, screen.Error, common.Verbose) : null;

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    void Watch()
    {
        var last = TimeSpan.Zero;
        for (var time = s_every; !_stop.Token.WaitHandle.WaitOne(s_every); time += s_every)
        {
            var all = _run.Observations;
            if (all.Count == _read) continue;
            for (; _read < all.Count; _read++) _diagnosis.Read(all[_read]);
            foreach (var finding in _diagnosis.Result().Findings.Where(f => f is { EvidenceClass: EvidenceClass.Proved, Level: > Level.Note } && _told.Add(f.Code)))
                _writer.WriteLine(Display.Clean($"pessimist: {finding.Level.ToString().ToLowerInvariant()}[{finding.Code}]: {finding.Message}{Place(finding)}"));
            if (!_status || time - last < s_statusEvery) continue;
            last = time;
            if (all.OfType<LoopEvent>().LastOrDefault() is { } move)
                _writer.WriteLine(FormattableString.Invariant($"pessimist: step {move.Step}{(all.OfType<LossObserved>().LastOrDefault() is { } loss ? $", loss {loss.Value:0.####}" : "")}, {all.Count} records"));
        }
    }

    static string Place(Finding finding) => finding.Location is { Line: { } line } at ? FormattableString.Invariant($" ({Path.GetRelativePath(Directory.GetCurrentDirectory(), at.File)}:{line})") : "";
}
