using System.Text;

namespace Pessimist.Cli.Terminal;

/// <summary>Standard output: UTF-8 whatever the locale says, since JSON and HTML are. That the disk behind it is full is the user's to know.</summary>
sealed class ResultWriter : StreamWriter
{
    public ResultWriter(Stream stream) : base(stream, new UTF8Encoding(false)) => AutoFlush = true;

    public override void Write(string? value) => Guard(() => base.Write(value));

    public override void WriteLine(string? value) => Guard(() => base.WriteLine(value));

    static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw new PessimistException($"the result cannot be written to standard output: {e.Message.TrimEnd('.')}", "make room, or name another place with --output FILE", e);
        }
    }
}

/// <summary>Standard error. Messages that cannot be delivered end nothing.</summary>
sealed class MessageWriter : StreamWriter
{
    public MessageWriter(Stream stream) : base(stream, new UTF8Encoding(false)) => AutoFlush = true;

    public override void Write(string? value) => Guard(() => base.Write(value));

    public override void WriteLine(string? value) => Guard(() => base.WriteLine(value));

    static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is nowhere left to say so.
        }
    }
}
