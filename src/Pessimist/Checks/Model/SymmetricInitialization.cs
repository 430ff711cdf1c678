using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES209 symmetric-initialization</summary>
public sealed class SymmetricInitialization() : CauseCheck(About), IReads<ParameterObserved>, IReads<ModuleBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES209",
        Name = "symmetric-initialization",
        Level = Level.Error,
        Summary = "all units of a hidden layer start equal and stay equal",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Units that start with the same weights get the same gradient, and so remain copies of one unit for ever. With zeros no gradient passes
            at all, and only the last layer's bias learns.

            It is an error when confirmed: the units of a hidden layer are equal before and after 20 steps, and from a random start, with nothing
            else changed, the same batch is fitted with two seeds. Without the experiment it is proved where every weight matrix of a network of two or
            more is constant, and suspected where two that follow each other are, while the training gets nowhere.

            ## When it is a false alarm
            Equal weights in the last layer, in the last layer of a residual branch, in normalization layers or in the second matrix of LoRA are
            common and right, and so is a linear model that starts at 0. They are not reported, because the batch is fitted all the same, and because one
            constant matrix among random ones breaks no symmetry.

            ## What to do
            Draw the weights at random: He normal for ReLU, Glorot for tanh. Zeros are for biases.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the weights start equal, so the hidden units never differ: {symptom}";

    readonly List<ParameterObserved> _weights = [];

    /// <summary>Modules whose rows are examples' own: each gets a gradient of its own, however they start.</summary>
    readonly HashSet<(int Model, string Name)> _tables = [];

    public void Read(ModuleBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Type.Contains("Embedding", StringComparison.Ordinal) && _tables.Count < 10_000) _tables.Add((observation.Model, observation.Name));
    }

    bool IsTable(ParameterObserved weight) => _tables.Contains((weight.Model, weight.Name.LastIndexOf('.') is > 0 and var dot ? weight.Name[..dot] : ""));

    public void Read(ParameterObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Shape: [> 1, > 0, ..], AliasOf: null } && observation.Shape.Skip(1).Aggregate(1L, (a, b) => a * b) > 0 && _weights.Count < 10_000) _weights.Add(observation);
    }

    static bool IsConstant(ParameterObserved weight) => weight is { UnitsIdentical: true, WeightStd: 0 };

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        // An experiment knows better; a batch that is fitted speaks against it.
        if (Vote is SingleBatchVerdict.Passes || about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || _weights.Count == 0) return base.Unconfirmed(about);
        foreach (var network in _weights.Where(w => !IsTable(w)).GroupBy(w => w.Model))
        {
            var weights = network.ToArray();
            var constant = weights.Where(IsConstant).ToArray();
            var follows = weights.Zip(weights.Skip(1)).Where(p => IsConstant(p.First) && IsConstant(p.Second)).ToArray();
            if (constant.Length < 2 || follows.Length == 0) continue;
            var all = constant.Length == weights.Length && constant.All(w => w.RequiresGradient);
            if (!all && !HasSymptom) continue;
            return Found(Finding(all ? "every weight matrix starts constant, so the units of a layer never differ" : $"'{follows[0].First.Name}' and '{follows[0].Second.Name}' start constant, one after the other",
                all ? EvidenceClass.Proved : EvidenceClass.Suspected) with
            {
                Location = At(constant[0].Site, constant[0].Name),
                Related = [.. constant[0].SetBy.Where(l => l != constant[0].Site).Select(l => new RelatedLocation(l.File, l.Line, "perhaps set here"))],
                Evidence = [new("constant weight matrices", string.Create(CultureInfo.InvariantCulture, $"{constant.Length} of {weights.Length}"), all ? "at most one in a path" : "", "theory"), .. all ? [] : new Evidence[] { new("symptom", Symptom) }],
                Fixes = ["draw the weights at random: He normal for ReLU, Glorot for tanh; zeros are for biases"],
            });
        }

        return Passed("the weights of at most one layer in a row start equal");
    }
}
