using System.IO.Compression;
using System.Text;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Corpus.Accuracy;

/// <summary>Recorded runs that stay in the repository, in <c>corpus/recorded</c>: the tests judge them again without training.</summary>
static class KeptRuns
{
    /// <summary>Compresses a recording. Paths in it become relative to the repository, and the command line, which tells of the machine, is left out.</summary>
    /// <param name="recording">An <c>observations.jsonl</c>.</param>
    /// <param name="kept">Path of the file to write, <c>….jsonl.gz</c>.</param>
    public static void Write(string recording, string kept, string repository)
    {
        using var read = File.OpenRead(recording);
        var lines = new StringBuilder();
        foreach (var observation in RunReader.Read(read).Run.Observations)
            lines.Append(ObservationLine.Write(observation is RunStarted started ? started with { Arguments = [] } : observation)).Append('\n');
        lines.Replace(repository.TrimEnd('/') + "/", "");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(kept))!);
        using var file = new GZipStream(File.Create(kept), CompressionLevel.SmallestSize);
        file.Write(Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
