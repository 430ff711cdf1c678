namespace Pessimist.Corpus.Sick;

/// <summary>Makes programs with one fault out of a function that trains with it, or without it: what the function returns is an error or a loss
/// measured at the end as the mended program would, so lower is better.</summary>
static class Fault
{
    public static CorpusProgram Tune(string name, string about, Func<bool, double> train, string[] cause, string[]? also = null, bool harmless = false) =>
        Program(Half.Tune, name, about, train, cause, also, harmless);

    public static CorpusProgram Report(string name, string about, Func<bool, double> train, string[] cause, string[]? also = null, bool harmless = false) =>
        Program(Half.Report, name, about, train, cause, also, harmless);

    static CorpusProgram Program(Half half, string name, string about, Func<bool, double> train, string[] cause, string[]? also, bool harmless) => new()
    {
        Name = name,
        About = about,
        Half = half,
        Run = () => train(false),
        Cause = cause,
        Also = also ?? [],
        Train = train,
        Harmless = harmless,
    };
}
