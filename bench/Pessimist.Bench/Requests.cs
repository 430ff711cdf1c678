using System.Globalization;

namespace Pessimist.Bench;

static class Requests
{
    /// <summary>Answers each line of standard input with a number, until the input ends.</summary>
    public static void Answer(Func<string[], double> measure)
    {
        while (Console.ReadLine() is { } line)
            Console.WriteLine(measure(line.Split(' ')).ToString("R", CultureInfo.InvariantCulture));
    }
}
