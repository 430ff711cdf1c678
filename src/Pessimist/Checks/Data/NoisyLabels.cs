using System.Globalization;
using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES109 noisy-labels</summary>
public sealed class NoisyLabels(NoisyLabels.Limits limits) : ProgramCheck(About), IReads<BatchObserved>, IReads<LabelNoiseMeasured>, IReads<LabelSuspected>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES109",
        Name = "noisy-labels",
        Level = Level.Warning,
        Summary = "more labels contradict their inputs than a hard but clean set would show",
        Explains = ["PES607", "PES608"],
        Docs = """
            ## Why it matters
            Wrong labels in training are learnt by heart; in validation and test they set a floor to the error that no network gets below.

            ## How it is told
            Softmax regression and nearest neighbours, fitted on the other folds, give each example probabilities that its own label had no part in
            (confident learning). Hard examples lie where the two are unsure, and errors vanish as they get sure; wrong labels lie anywhere. It is
            reported when the surer half of the examples has clearly more errors than labels drawn from these probabilities (simulated 200 times), when
            errors hardly get fewer towards the surest quarter, and only where the two models know the classes well. Of a watched program the examples of
            the first training batches are looked at, and only while the loss stays above half of what knowing nothing costs.

            ## When it is a false alarm
            Silent are: hard sets, where errors get fewer with sureness; sets about which simple models know little; rare classes that nothing tells apart.
            A small part of the data that looks like another class and is not, everywhere, cannot be told from wrong labels: look at the examples.

            ## What to do
            Look at the suspects, the most doubtful first, and correct them, in the test set too. Most suspects of a noisy set are wrong; of a clean
            set, few.
            """,
    };

    public sealed record Limits
    {
        /// <summary>p-value of as many errors among the surer half, were the labels drawn from the probabilities.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.01;

        /// <summary>Errors among the surer half, for each one expected.</summary>
        [Origin(Origin.Calibrated, "digits, breast cancer and wine with 2 to 10 % wrong labels against 10 clean sets: at least 1.7; noisy moons, a hard clean set, reaches 4")] public double Ratio { get; init; } = 1.5;

        /// <summary>Error of the surest quarter, for the error of all.</summary>
        [Origin(Origin.Calibrated, "as above: at least 0.5 with wrong labels; at most 0.25 in clean sets that are known well")] public double Flat { get; init; } = 0.3;

        /// <summary>Share of wrong labels that is worth a warning.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.01;

        /// <summary>Errors among the surer half that are needed.</summary>
        [Origin(Origin.Convention)] public int Errors { get; init; } = 8;

        /// <summary>Error of the simple models, for that of the commonest class, above which they know too little.</summary>
        [Origin(Origin.Convention)] public double Known { get; init; } = 0.5;

        /// <summary>As <see cref="Known"/>, where errors hardly get fewer at all.</summary>
        [Origin(Origin.Calibrated, "digits with 54 % wrong labels: 0.64")] public double Guessed { get; init; } = 0.7;

        /// <summary>Error of the surest quarter, for the error of all, that is the same everywhere.</summary>
        [Origin(Origin.Calibrated, "digits and breast cancer with 20 to 54 % wrong labels, mostly above 0.9; overlapping classes of as many errors at most 0.75")] public double Even { get; init; } = 0.85;
    }

    const int MostListed = 20;

    const int Folds = 5, FewestExamples = 300, MostColumns = 1024;

    /// <summary>Last loss over what knowing nothing costs, below which a watched program learns too well to have so many wrong labels.</summary>
    const double Learned = 0.5;

    readonly SampledExamples _examples = new();
    (int Rows, LabelNoiseMeasured? Result)? _sampled;
    readonly List<LabelSuspected> _suspects = [];
    LabelNoiseMeasured? _measured;

    public void Read(LabelNoiseMeasured observation) => _measured = observation;

    public void Read(LabelSuspected observation) => _suspects.Add(observation);

    public void Read(BatchObserved observation) => _examples.Read(observation);

    bool IsDoubtful => HasSymptom || Progress.Share > Learned;

    /// <summary>Of the examples that a watched program trained on; null where they are too few, or it learns them.</summary>
    LabelNoiseMeasured? Watched()
    {
        if (_examples.Count < FewestExamples || !_examples.IsClass || _examples.Columns > MostColumns || !IsDoubtful) return null;
        if (_sampled?.Rows != _examples.Count) _sampled = (_examples.Count, Measure());
        return _sampled.Value.Result;
    }

    LabelNoiseMeasured? Measure()
    {
        int[] classes = [.. Enumerable.Range(0, _examples.Count).Select(i => (int)_examples.Answer(i))];
        var count = classes.Max() + 1;
        if (classes.Min() < 0 || count is < 2 or > 100 || classes.GroupBy(c => c).Any(g => g.Count() < Folds)) return null;
        var probabilities = OutOfSample.Probabilities(new ClassifiedRows(new FeatureMatrix(_examples.Standardized(), _examples.Width), classes), count, Folds);
        return LabelNoise.Measure(classes, probabilities, count) is { } n
            ? new LabelNoiseMeasured(n.Count, n.Errors, n.SureErrors, n.Expected, n.P, n.Share.Value, n.Share.Low, n.Share.High, n.Majority) : null;
    }

    public override Verdict Conclude()
    {
        // A watched program that learns is not told that its labels are wrong.
        if (_measured is not null && Progress.Count > 0 && !IsDoubtful) return Passed("the program learns");
        if ((_measured ?? Watched()) is not { } m) return NotEnoughEvidence("label noise was not measured");
        // Where most labels are wrong nobody knows much, but errors are the same everywhere.
        var even = m.SureErrors >= limits.Errors && m.Errors <= limits.Guessed * m.Majority && m.Share >= limits.Even * m.Errors;
        if (even) return Found(Noisy(m));
        if (m.Errors > limits.Known * m.Majority) return NotEnoughEvidence($"simple models are wrong about {Percent(m.Errors)} of the examples: they know too little to doubt labels");
        if (m.SureErrors < limits.Errors) return Passed($"{m.SureErrors} of the surer half of the examples contradict their labels");
        if (m.P > limits.P || m.SureErrors < limits.Ratio * m.Expected)
            return Passed(string.Create(CultureInfo.InvariantCulture, $"{m.SureErrors} of the surer half contradict their labels, {m.Expected:0.#} are to be expected of clean ones"));
        if (m.Share < limits.Share || m.Share < limits.Flat * m.Errors) return Passed("errors get fewer where simple models are sure: the set is hard, not noisy");
        return Found(Noisy(m));
    }

    Finding Noisy(LabelNoiseMeasured m)
    {
        var suspects = _suspects.OrderByDescending(s => s.Score).ToArray();
        return Finding($"about {Percent(m.Share)} of the labels are wrong ({Percent(m.Low)} to {Percent(m.High)})", EvidenceClass.Suspected) with
        {
            Location = _measured is null ? At(_examples.Site) : null,
            Evidence =
            [
                new("labels contradicted among the surer half", string.Create(CultureInfo.InvariantCulture, $"{m.SureErrors} of {m.Count / 2}"),
                    string.Create(CultureInfo.InvariantCulture, $"{limits.Ratio * m.Expected:0.#}; clean labels give {m.Expected:0.#}"), "simulated, calibrated"),
                new("p of as many with clean labels", m.P.ToString("0.####", CultureInfo.InvariantCulture), limits.P.ToString(CultureInfo.InvariantCulture), "simulated"),
                new("contradicted among the surest quarter, and among all", $"{Percent(m.Share)}, {Percent(m.Errors)}", $"{Percent(Math.Max(limits.Share, limits.Flat * m.Errors))}", "calibrated"),
            ],
            Examples = [.. suspects.Take(MostListed).Select(s => $"{s.Example}: {s.Given}, perhaps {s.Suggested}")],
            Notes = suspects.Length > 0 ? [$"{suspects.Length} suspects"] : [],
            Fixes = ["look at the suspects, the most doubtful first, and correct their labels"],
        };
    }

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
