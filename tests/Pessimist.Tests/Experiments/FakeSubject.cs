using Pessimist.Experiments;

namespace Pessimist.Tests.Experiments;

/// <summary>Settings as the fake program runs with them, after interventions.</summary>
sealed record FakeSettings
{
    public double LearningRate { get; init; } = 3e-4;
    public double LossFactor { get; init; } = 1;
    public string? Init { get; init; }
    public double WeightDecay { get; init; }
    public double Dropout { get; init; }
    public bool Normalized { get; init; } = true;
    public bool Float64 { get; init; }
    public bool Reference { get; init; }
    public bool ZeroInputs { get; init; }
}

enum FakeCurve { Fits, Flat, Partly, Up, Explodes, Oscillates, Falls, NotFinite }

/// <summary>A program whose curve is a function of its settings and the seed, so that tests state what works and what does not.</summary>
sealed class FakeSubject(FakeSettings settings, Func<FakeSettings, int, FakeCurve> world) : ISubject
{
    /// <summary>Trainings run so far.</summary>
    public int Trainings { get; private set; }

    public Func<Intervention, bool> Can { get; init; } = _ => true;
    public Func<FakeSettings, DirectionProbe?> Direction { get; init; } = _ => null;
    public Func<Trial, Trial> Also { get; init; } = t => t;

    public SubjectFacts Facts { get; init; } = new()
    {
        LearningRate = settings.LearningRate,
        LossFactor = settings.LossFactor,
        Initialization = settings.Init,
        WeightDecay = settings.WeightDecay,
        Dropout = settings.Dropout,
        Normalized = settings.Normalized,
        Classification = true,
        KnowNothingLoss = Math.Log(10),
        KnowNothingAs = "ln 10",
        BatchSize = 32,
    };

    public bool Supports(Intervention intervention) => Can(intervention);

    public DirectionProbe? Probe(Recipe recipe, int seed) => Direction(Apply(recipe));

    public Trial Run(TrialRequest request)
    {
        Trainings++;
        var kind = world(Apply(request.Recipe), request.Seed);
        var losses = new List<double>();
        for (var i = 0; i < Math.Max(1, request.Steps); i++)
        {
            losses.Add(Loss(kind, i));
            if (!double.IsFinite(losses[^1])) break;
            if (i > 0 && i % 10 == 0 && request.GoOn?.Invoke(losses, Error(kind, i)) == false) break;
        }

        return Also(new Trial
        {
            Losses = losses,
            FinalError = Error(kind, losses.Count),
            FirstNonFinite = kind == FakeCurve.NotFinite ? new NonFiniteOrigin(0, "fc1") : null,
        });
    }

    static double Error(FakeCurve kind, int step) => kind is FakeCurve.Fits && step > 30 ? 0 : 0.5;

    static double Loss(FakeCurve kind, int i) => kind switch
    {
        FakeCurve.Fits => 2.3 * Math.Exp(-0.05 * i),
        FakeCurve.Flat => 2.3,
        FakeCurve.Partly => 1.1 + 1.2 * Math.Exp(-0.05 * i),
        FakeCurve.Up => 2.3 + 0.05 * i,
        FakeCurve.Explodes => 2.3 * Math.Exp(0.1 * i),
        FakeCurve.Oscillates => 1.5 + 0.6 * (i % 2 == 0 ? 1 : -1),
        FakeCurve.Falls => 2.3 * Math.Exp(-0.0003 * i),
        _ => double.NaN,
    };

    FakeSettings Apply(Recipe recipe) => recipe.Changes.Aggregate(settings, (s, change) => change switch
    {
        SetLearningRate c => s with { LearningRate = c.Value },
        ScaleLoss c => s with { LossFactor = s.LossFactor * c.Factor },
        SetWeightDecay c => s with { WeightDecay = c.Value },
        SetDropout c => s with { Dropout = c.Value },
        UseDefaultInitialization => s with { Init = null },
        NormalizeInputs c => s with { Normalized = c.On },
        UseFloat64 => s with { Float64 = true },
        ZeroInputs => s with { ZeroInputs = true },
        UseReferenceModel => new FakeSettings { Reference = true },
        _ => s,
    });
}
