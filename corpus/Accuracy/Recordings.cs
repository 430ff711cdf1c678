using System.Text;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Corpus.Accuracy;

/// <summary>One file of observations for each program, so that a change of a check needs no new training.</summary>
static class Recordings
{
    public static string PathOf(string folder, CorpusProgram program) => Path.Combine(folder, program.Name + ".jsonl");

    public static void Write(string folder, CorpusProgram program, Run run)
    {
        Directory.CreateDirectory(folder);
        var lines = new StringBuilder();
        foreach (var observation in run.Observations) lines.Append(ObservationLine.Write(observation)).Append('\n');
        File.WriteAllText(PathOf(folder, program), lines.ToString());
    }

    /// <summary>Null when the program was not recorded.</summary>
    public static Run? Read(string folder, CorpusProgram program)
    {
        var path = PathOf(folder, program);
        if (!File.Exists(path)) return null;
        using var file = File.OpenRead(path);
        return RunReader.Read(file).Run;
    }
}
