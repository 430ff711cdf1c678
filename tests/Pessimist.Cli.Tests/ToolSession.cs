using Pessimist.Cli.Commands;
using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Tests;

/// <summary>The tool inside the test process, in a folder of its own with one small data set.</summary>
sealed class ToolSession : IDisposable
{
    readonly StringWriter _out = new();
    readonly StringWriter _error = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("pessimist-cli-").FullName;

    public string Runs => Path.Combine(Folder, "runs");

    public string Data => Path.Combine(Folder, "data.csv");

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public bool Terminal { get; init; }

    public ToolSession() => File.WriteAllText(Data, "x,label\n1,a\n2,b\n");

    public int Run(IWalker walker, params string[] args)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return new Tool(new Screen(_out, _error, Terminal, Terminal, Plain: false), walker).RunAsync(args).GetAwaiter().GetResult();
    }

    public int Run(params string[] args) => Run(new FakeWalker(), args);

    /// <summary><c>diagnose</c> on the small data set, with the runs in the folder of the session.</summary>
    public int Diagnose(IWalker walker, params string[] options) => Run(walker, ["diagnose", Data, "--runs", Runs, .. options]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
