using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Modes;

/// <summary>PES601 evaluation-in-train-mode</summary>
public sealed class EvaluationInTrainMode() : Check(About), IReads<PassObserved>, IReads<BatchObserved>, IReads<LossObserved>,
    IReads<MetricReported>, IReads<LoaderBuilt>, IReads<OptimizerBuilt>, IReads<ModuleBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES601",
        Name = "evaluation-in-train-mode",
        Level = Level.Error,
        Summary = "dropout or batch norm is in training mode while the network is evaluated",
        Explains = ["PES608"],
        Docs = """
            ## Why it matters
            Dropout throws units away and batch norm uses the statistics of the batch at hand: the numbers of the evaluation are noise, depend on
            the other examples of the batch, and are usually too bad. Batch norm also learns its running statistics from the validation data.

            ## How it is told
            No backward pass follows, the data come from a loader that no training pass uses (or are new to the network, and a loss or metric is
            computed from them), and dropout or batch norm runs in training mode. Functional dropout that is not told the mode counts too.

            ## When it is a false alarm
            Silent are: networks without dropout and batch norm, where the mode does not matter; dropout left on to average over masks (several
            passes over the same batch, or only the dropout modules switched on); passes over training data, as for a running accuracy or to
            recalibrate batch norm; dry runs before the first step; networks that play against each other, as in a GAN.

            ## What to do
            Call `model.eval()` before the evaluation, and `model.train()` after it.
            """,
    };

    readonly HeldOutPasses _passes = new();
    readonly Dictionary<(int Model, string Name), ModuleBuilt> _modules = [];
    bool _hasModes;

    public void Read(PassObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _hasModes |= observation.DropoutsOn.Count + observation.DropoutsOff.Count + observation.BatchNormsOnBatch.Count + observation.BatchNormsOnRunning.Count > 0;
        _passes.Read(observation);
    }

    public void Read(BatchObserved observation) => _passes.Read(observation);
    public void Read(LossObserved observation) => _passes.Read(observation);
    public void Read(MetricReported observation) => _passes.Read(observation);
    public void Read(LoaderBuilt observation) => _passes.Read(observation);
    public void Read(OptimizerBuilt observation) => _passes.Read(observation);

    public void Read(ModuleBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _modules[(observation.Model, observation.Name)] = observation;
    }

    public override Verdict Conclude()
    {
        var passes = _passes.Passes.ToArray();
        if (passes.Length == 0) return NotEnoughEvidence("no evaluation on held-out data was seen");
        if (!_hasModes) return NotApplicable("the network has neither dropout nor batch norm: its mode does not matter");
        if (_passes.IsGame) return NotApplicable("several networks are trained against each other: the mode may be part of the game");
        // An evaluation is wrong when no pass of its step is right: batch norm may be adapted to new data right before they are evaluated.
        var evaluations = passes.GroupBy(p => (p.Model, p.Step)).ToArray();
        var wrong = evaluations.Where(e => e.All(p => Active(p).Length > 0) && !_passes.Repeats(e.Key.Step)).ToArray();
        if (wrong.Length == 0) return Passed($"dropout and batch norm are in evaluation mode in {Evaluations(evaluations.Length)}");
        if (2 * wrong.Length <= evaluations.Length) return Passed($"most of {Evaluations(evaluations.Length)} are in evaluation mode");

        var pass = wrong[0].First();
        var active = Active(pass);
        var functional = !pass.Training;
        var loader = _passes.LoadersAt(pass.Step).FirstOrDefault();
        return Found(Finding(functional
                ? $"dropout stays on while the network is evaluated: it is not told the mode in {DidYouMean.List(active, 4)}"
                : $"the network is evaluated in training mode: {DidYouMean.List(active, 4)}", EvidenceClass.Proved) with
        {
            Location = Location.Of(pass.Site, active[0]),
            Related = loader?.Site is { } built ? [new RelatedLocation(built.File, built.Line, "the data come from this loader, which no training pass uses")] : [],
            Evidence =
            [
                new("evaluations in training mode", string.Create(CultureInfo.InvariantCulture, $"{wrong.Length} of {evaluations.Length}"), "0", "definition"),
                new("first after step", pass.Step.ToString(CultureInfo.InvariantCulture)),
            ],
            Fixes = [functional ? "give functional dropout the mode: training = self.training; or use a dropout module" : "call model.eval() before the evaluation, and model.train() after it"],
        });
    }

    /// <summary>Modules that run as in training and should not.</summary>
    string[] Active(PassObserved pass)
    {
        // In evaluation mode, modules that are on were switched on, and batch norm may have no running statistics. Functional dropout cannot be.
        if (!pass.Training) return [.. pass.DropoutsOn.Where(name => !IsDropout(pass.Model, name)).Select(Name)];
        return [.. pass.DropoutsOn.Concat(pass.BatchNormsOnBatch.Where(name => !IsWithoutStatistics(pass.Model, name))).Select(Name)];
    }

    bool IsDropout(int model, string name) => !_modules.TryGetValue((model, name), out var module) || module.Type.Contains("Dropout", StringComparison.Ordinal);

    bool IsWithoutStatistics(int model, string name) =>
        _modules.TryGetValue((model, name), out var module) && module.Settings.TryGetValue("track_running_stats", out var tracks) && tracks == 0;

    static string Name(string path) => path.Length == 0 ? "the network" : path;

    static string Evaluations(int count) => count == 1 ? "the one evaluation seen" : string.Create(CultureInfo.InvariantCulture, $"{count} evaluations");
}
