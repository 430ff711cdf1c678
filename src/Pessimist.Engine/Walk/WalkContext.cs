using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Evaluation.KnownResults;
using Pessimist.Runs;

namespace Pessimist.Engine.Walk;

/// <summary>What the stages share: the question, the record, and what earlier stages made.</summary>
sealed class WalkContext(DiagnoseOptions options, Run run, IWalkProgress progress, TimeProvider clock) : IDisposable
{
    /// <summary>Long enough for small data to finish by itself, short enough to wait for.</summary>
    static readonly TimeSpan s_defaultBudget = TimeSpan.FromMinutes(5);

    PreparedData? _prepared;
    TrainingSetup? _setup;

    public DiagnoseOptions Options { get; } = options;

    public Run Run { get; } = run;

    public IWalkProgress Progress { get; } = progress;

    public Budget Budget { get; } = new(options.Budget ?? s_defaultBudget, clock);

    public TimeSpan Elapsed => Budget.Elapsed;

    public PreparedData Prepared
    {
        get => _prepared ?? throw new InvalidOperationException("the data are not prepared yet");
        set => _prepared = value;
    }

    /// <summary>Picked by the target stage.</summary>
    public MetricKind Metric { get; set; }

    /// <summary>The error aimed at, as an error (a share of wrong answers, or in the unit of the metric).</summary>
    public double? Goal { get; set; }

    /// <summary>The data set, where results on it are published and every number of it fits; else null.</summary>
    public Recognition? Known { get; set; }

    /// <summary>Picked by the start-simple stage; experiments change copies of it.</summary>
    public TrainingSetup Setup
    {
        get => _setup ?? throw new InvalidOperationException("no network is chosen yet");
        set => _setup = value;
    }

    /// <summary>The trained network of the simple start, and later the tuned one.</summary>
    public TrainedModel? Trained { get; set; }

    /// <summary>The network trained elsewhere that the walk starts from; null for random weights.</summary>
    public Transfer? Transfer { get; set; }

    public IReadOnlyList<BaselineResult> Baselines { get; set; } = [];

    /// <summary>The last network evaluated.</summary>
    public ModelEvaluation? Evaluation { get; set; }

    /// <summary>How many configurations were compared on the validation set.</summary>
    public int Configurations { get; set; } = 1;

    public DataSet Train => Prepared.Train;

    public DataSet Validation => Prepared.Validation;

    public DataSet Test => Prepared.Test;

    /// <summary>The error that goals are stated in and that is taken apart: the share of wrong answers, or MAE, MSE or RMSE.</summary>
    public MetricKind ErrorKind => Prepared.Targets.Task != TaskKind.Regression ? MetricKind.Error
        : Metric is MetricKind.Mae or MetricKind.Mse ? Metric : MetricKind.Rmse;

    /// <summary>Raw examples as normalization would give their inputs, fitted on the training set; the targets stay.</summary>
    public DataSet NormalizedInputs(DataSet raw)
    {
        var train = Prepared.Encoded.Subset(Prepared.Split.Train);
        if (Prepared.Parts.Count > 0) return Normalizer.Fit(train).Apply(raw, targets: false);
        var pictures = Prepared.Raw.Kind == DataKind.Images && Prepared.Raw.Items?.Bytes is not null;
        return Normalizer.Fit(train, null, Prepared.ImageGuess, pictures).Apply(raw, targets: false);
    }

    public void Dispose()
    {
        Trained?.Dispose();
        Transfer?.Dispose();
    }
}
