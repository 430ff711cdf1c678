using System.Net.Sockets;
using Pessimist.Observations;

namespace Pessimist.Engine.Python;

/// <summary>
/// Takes what probes send over a unix socket in a folder that nobody else can enter. A program may be many processes (launchers, ranks, helpers): the
/// first that trains is the one that is told about; what the others send is read and dropped, so that nobody waits.
/// </summary>
public sealed class ProbeServer : IAsyncDisposable
{
    /// <summary>Longest path of a unix socket that every system takes, with its end.</summary>
    const int LongestPath = 100;

    const int MostConnections = 256;
    const int ChunkBytes = 256 << 10;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    readonly Action<Observation> _add;
    readonly string _folder;
    readonly Socket _listener;
    readonly CancellationTokenSource _stop = new();
    readonly Lock _lock = new();
    readonly List<ProbeConnection> _connections = [];
    readonly List<Task> _readers = [];
    readonly Task _accepting;
    readonly TaskCompletionSource _allAccepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ProbeConnection? _chosen;

    /// <param name="add">Gets the observations of the process that trains, one after the other, on another thread.</param>
    /// <exception cref="PessimistException">There is no place for the socket.</exception>
    public ProbeServer(Action<Observation> add)
    {
        _add = add;
        try
        {
            _folder = Directory.CreateTempSubdirectory("pessimist-").FullName;
            if (_folder.Length > LongestPath - "/probe".Length)
            {
                Directory.Delete(_folder);
                _folder = ShortFolder();
            }

            Path = System.IO.Path.Combine(_folder, "probe");
            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _listener.Bind(new UnixDomainSocketEndPoint(Path));
            _listener.Listen(64);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            throw new PessimistException($"the socket for the probe cannot be made: {e.Message.TrimEnd('.')}", "make room in the folder for temporary files, or name another with TMPDIR", e);
        }

        _accepting = Task.Run(Accept);
    }

    /// <summary>Path of the socket.</summary>
    public string Path { get; }

    /// <summary>Value of <c>PESSIMIST_PROBE</c>.</summary>
    public string Address => $"unix:{Path}";

    /// <summary>Other processes that trained as well.</summary>
    public int Others
    {
        get
        {
            lock (_lock) return _connections.Count(c => c.Trains && c != _chosen);
        }
    }

    /// <summary>Lines that are no record that this version knows.</summary>
    public long Skipped
    {
        get
        {
            lock (_lock) return _chosen?.Skipped ?? _connections.Sum(c => c.Skipped);
        }
    }

    /// <summary>
    /// The program has ended: reads what is still under way, as long as something comes. A process that it left behind is waited for no longer than
    /// <paramref name="quiet"/> without a word. If nobody trained, the first to say anything counts.
    /// </summary>
    public async Task Drain(TimeSpan quiet)
    {
        await Close().ConfigureAwait(false);
        long before;
        do
        {
            Task[] readers;
            lock (_lock)
            {
                readers = [.. _readers];
                before = _connections.Sum(c => c.Bytes);
            }

            var all = Task.WhenAll(readers);
            await Task.WhenAny(all, Task.Delay(quiet)).ConfigureAwait(false);
            if (all.IsCompleted) break;
        }
        while (Received() > before);

        lock (_lock)
        {
            if (_chosen is null && _connections.OrderBy(c => c.Rank).FirstOrDefault(c => c.Trains || c.HasSpoken) is { } first) Choose(first);
        }

        long Received()
        {
            lock (_lock) return _connections.Sum(c => c.Bytes);
        }
    }

    /// <summary>Who connects is accepted in turn: once a last connection of our own was, all that came before it have their readers.</summary>
    async Task Close()
    {
        using var last = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            last.Bind(new UnixDomainSocketEndPoint(LastPath));
            using var patience = new CancellationTokenSource(s_patience);
            await last.ConnectAsync(new UnixDomainSocketEndPoint(Path), patience.Token).ConfigureAwait(false);
            await _allAccepted.Task.WaitAsync(s_patience).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or TimeoutException)
        {
            // The folder is gone, or the program connects without end: what was accepted counts.
        }
    }

    string LastPath => System.IO.Path.Combine(_folder, "last");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        foreach (var connection in _connections) connection.Dispose();
        await Task.WhenAll(_readers).ConfigureAwait(false);
        _stop.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A temporary folder that stays is no reason to lose the report.
        }
    }

    static string ShortFolder()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        var folder = $"/tmp/pessimist-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}";
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                continue;
            }

            if (socket.RemoteEndPoint is UnixDomainSocketEndPoint remote && remote.ToString() == LastPath)
            {
                socket.Dispose();
                _allAccepted.TrySetResult();
                continue;
            }

            lock (_lock)
            {
                if (_connections.Count >= MostConnections)
                {
                    socket.Dispose();
                    continue;
                }

                var connection = new ProbeConnection(socket, Received);
                _connections.Add(connection);
                _readers.Add(Task.Run(() => Read(connection)));
            }
        }
    }

    async Task Read(ProbeConnection connection)
    {
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await connection.Socket.ReceiveAsync(buffer, _stop.Token).ConfigureAwait(false) is > 0 and var count)
            {
                lock (_lock) connection.Push(buffer.AsSpan(0, count), isWanted: _chosen is null || _chosen == connection);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The program was killed, or is no longer waited for.
        }

        lock (_lock) connection.Complete();
    }

    /// <summary>Under the lock.</summary>
    void Received(ProbeConnection connection, Observation observation)
    {
        if (_chosen == connection) _add(observation);
        else if (_chosen is null && connection is { Trains: true, Rank: 0 }) Choose(connection);
    }

    void Choose(ProbeConnection connection)
    {
        _chosen = connection;
        foreach (var observation in connection.TakeHeld()) _add(observation);
        foreach (var other in _connections.Where(c => c != connection)) other.TakeHeld();
    }
}
