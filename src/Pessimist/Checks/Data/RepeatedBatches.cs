using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES119 repeated-batches</summary>
public sealed class RepeatedBatches(RepeatedBatches.Limits limits) : Check(About), IReads<BatchObserved>, IReads<LoaderBuilt>, IReads<SingleBatchTried>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES119",
        Name = "repeated-batches",
        Level = Level.Warning,
        Summary = "the same batch is trained on step after step, though the loader has others",
        Explains = ["PES607", "PES608"],
        Docs = """
            ## Why it matters
            Most of the data are never seen. Usual reasons: `next(iter(loader))` inside the loop, which starts the loader anew at each step; a seed set in the
            loop; workers that each go through the whole data (or draw the same random numbers); the last batch used on when the loader is at its end.

            ## How it is told
            Batches are compared by the hash of their inputs. Two batches that the loader handed out one after the other in the same epoch, and that are
            equal, are proof. The same batch at every step is a warning when held-out data are evaluated too, else a note: it may be meant.

            ## When it is a false alarm
            Silent are: training on the whole data at once; batches that are no loader's; several steps with one batch, as in a GAN; data of a few distinct
            examples. One batch that is overfitted on purpose is a note.

            ## What to do
            Go through the loader with `for batch in loader`. Shuffle. Give each worker its part of the data, and a seed of its own.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Steps with the same batch in a row.</summary>
        [Origin(Origin.Convention)] public int Steps { get; init; } = 20;

        /// <summary>Share of pairs of successive batches that are equal; two workers that do the same give one half.</summary>
        [Origin(Origin.Convention)] public double Pairs { get; init; } = 0.3;

        /// <summary>Distinct examples below which equal batches come about by nature.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 16;
    }

    sealed class Series
    {
        public string? First { get; set; }
        public BatchObserved? Last { get; set; }
        public string? LastHash { get; set; }

        /// <summary>Steps in a row with the last batch, and the step at which they began.</summary>
        public int Run { get; set; }
        public long RunFrom { get; set; }
        public int Steps { get; set; }
        public bool Varies { get; set; }

        /// <summary>Handed out anew, and equal.</summary>
        public bool Anew { get; set; }
        public int Pairs { get; set; }
        public int EqualPairs { get; set; }
        public HashSet<string> Distinct { get; } = [];
        public HashSet<string> Examples { get; } = [];
    }

    const int MostKept = 4096;

    readonly SortedDictionary<int, Series> _series = [];
    readonly LoaderGroups _loaders = new();
    readonly HashSet<int> _evaluated = [];
    readonly ExampleHashes _trained = new(20_000);
    readonly List<string> _others = [];
    bool _anyBatch, _isOverfitted;

    // After the program's own batches, it is an experiment of the tool.
    public void Read(SingleBatchTried observation) => _isOverfitted |= !_anyBatch;

    public void Read(LoaderBuilt observation) => _loaders.Read(observation);

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation = _loaders.Grouped(observation);
        if (observation is { Phase: Phase.Evaluate, Step: > 0 })
        {
            if (observation.Loader is { } evaluated) _evaluated.Add(evaluated);
            else if (_others.Count < 1000) _others.AddRange(observation.Examples);
        }

        if (observation.Phase != Phase.Train) return;
        _anyBatch = true;
        foreach (var example in observation.Examples) _trained.Add(example);
        var hash = observation.Inputs is [{ Hash: { } whole }, ..] ? whole : observation.Examples.Count > 0 ? string.Join('|', observation.Examples) : null;
        if (observation.Loader is null && hash is not null) Add(_alone, observation, hash);
        if (observation.Loader is not { } loader || hash is null) return;
        if (!_series.TryGetValue(loader, out var series)) _series[loader] = series = new Series();
        Add(series, observation, hash);
    }

    static void Add(Series series, BatchObserved batch, string hash)
    {
        if (series.Distinct.Count < MostKept) series.Distinct.Add(hash);
        foreach (var example in batch.Examples)
            if (series.Examples.Count < MostKept) series.Examples.Add(example);
        series.First ??= hash;
        series.Varies |= hash != series.First;
        if (series.Last is { } last)
        {
            var isSame = hash == series.LastHash;
            // Several passes of one batch, and several steps with it, are one batch that was handed out.
            var isAnew = batch.Epoch != last.Epoch || batch.Index != last.Index;
            series.Anew |= isSame && isAnew;
            if (batch.Epoch == last.Epoch && batch.Index == last.Index + 1)
            {
                series.Pairs++;
                if (isSame) series.EqualPairs++;
            }

            if (!isSame) (series.Run, series.RunFrom) = (0, batch.Step);
            if (batch.Step == last.Step && isSame && series.Run > 0) return;
        }

        series.Steps++;
        series.Run++;
        (series.Last, series.LastHash) = (batch, hash);
    }

    static readonly string[] s_draws = ["index_select", "index", "gather", "take"];

    readonly Series _alone = new();
    readonly OperationGraph _graph = new();

    public void Read(OperationSeen observation) => _graph.Read(observation);

    /// <summary>Rows of a larger tensor are drawn by index for each batch; null where no trace shows it.</summary>
    (long Rows, long Of, Site? Site)? Draw()
    {
        foreach (var trace in _graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
                foreach (var input in trace.Operations[i].Inputs)
                    if (trace.RoleOf(input) == "input 0" && trace.SourceOf(input, i).Maker is { } maker && s_draws.Contains(trace.NameAt(maker))
                        && trace.Operations[maker] is { Inputs: [{ Shape: [var all, ..] }, ..], Outputs: [{ Shape: [var rows, ..] }, ..] } draw && all >= 2 * rows)
                        return (rows, all, draw.Site);
        return null;
    }

    Verdict WithoutLoader()
    {
        if (_alone.Run < limits.Steps || _alone.Varies) return NotEnoughEvidence(_anyBatch ? "the batches come from no loader that was seen" : "no training batch was seen");
        // All of the data at each step, or one batch that is overfitted on purpose, is not drawn anew.
        if (Draw() is not var (rows, all, site) || _alone.Examples.Count < limits.Examples) return NotEnoughEvidence("every step trains on the same batch, which may be all there is");
        return Found(Finding($"every step trains on the same {rows} rows of {all}, though they are drawn anew each time", EvidenceClass.Proved) with
        {
            Location = Location.Of(site),
            Evidence = [new("steps in a row with the same batch", _alone.Run.ToString(CultureInfo.InvariantCulture), limits.Steps.ToString(CultureInfo.InvariantCulture), "convention")],
            Fixes = ["set the seed once, before the loop"],
        });
    }

    public override Verdict Conclude()
    {
        if (_isOverfitted) return NotApplicable("one batch is overfitted on purpose");
        if (_series.Count == 0 && _anyBatch) return WithoutLoader();
        if (_series.Count == 0) return NotEnoughEvidence(_anyBatch ? "the batches come from no loader that was seen" : "no training batch was seen");
        var all = _series.Values.Sum(s => s.Steps);
        if (all < limits.Steps) return NotEnoughEvidence($"{all} batches are too few, {limits.Steps} are needed");
        foreach (var (number, series) in _series)
        {
            if (_loaders[number] is not { Batches: > 1 } loader) continue;
            if (Judge(series, loader) is { } finding) return Found(finding);
        }

        return Passed("the batches of a loader differ");
    }

    Finding? Judge(Series series, LoaderBuilt loader)
    {
        if (series.Pairs >= limits.Steps / 2 && series.EqualPairs >= limits.Pairs * series.Pairs && series.Examples.Count >= limits.Examples)
        {
            return Of(loader, "the loader hands out the same batch several times in a row within an epoch", Level.Warning,
                new("pairs of successive batches that are equal", Ratio(series.EqualPairs, series.Pairs), $"{limits.Pairs * 100:0.#} %", "convention"),
                [loader.Workers > 1 ? $"give each of the {loader.Workers} workers its own part of the data, and a seed of its own" : "look at what the data set returns for an index"]);
        }

        // Handed out in order and equal all the same: a few examples that the data set holds again and again.
        if (series.Run < limits.Steps || series.Pairs > 0 && series.Examples.Count < limits.Examples) return null;
        var steps = new Evidence("steps in a row with the same batch", series.Run.ToString(CultureInfo.InvariantCulture), limits.Steps.ToString(CultureInfo.InvariantCulture), "convention");
        if (series.Varies)
        {
            // A run of equal batches after several others: nobody overfits one batch then.
            return series.Distinct.Count < 5 ? null : Of(loader, string.Create(CultureInfo.InvariantCulture, $"from step {series.RunFrom} on, every step trains on the same batch"), Level.Warning, steps,
                ["ask the loader for the next batch at each step, and start it anew at the end of an epoch"]);
        }

        // Who overfits one batch on purpose does not ask what it is worth on others.
        var meant = !_evaluated.Any(l => !_series.ContainsKey(l)) && _others.All(_trained.Contains);
        return Of(loader, $"every step trains on the same batch, one of {loader.Batches}{(series.Anew ? ": the loader is started anew each time" : "")}", meant ? Level.Note : Level.Warning, steps,
            ["go through the loader with a for loop: next(iter(loader)) inside of the loop starts it anew at each step"]) with
        {
            Notes = meant ? ["a single batch may be overfitted on purpose; no held-out data are evaluated"] : [],
        };
    }

    Finding Of(LoaderBuilt loader, string message, Level level, Evidence evidence, string[] fixes) => Finding(message, EvidenceClass.Proved, level) with
    {
        Location = Location.Of(loader.Site),
        Evidence = [evidence],
        Fixes = fixes,
    };

    static string Ratio(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{part} of {whole}");
}
