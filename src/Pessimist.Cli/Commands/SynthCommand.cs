using System.CommandLine;
using System.Globalization;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Data.Synthetic;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist synth</c>: makes a data set that is simpler than a real one.</summary>
sealed class SynthCommand : ToolCommand
{
    readonly Screen _screen;
    readonly Argument<string> _set = new("SET") { Description = $"{string.Join(", ", SyntheticSet.All.Select(s => s.Name))}; what each is stands below" };
    readonly Option<int?> _count = Whole("--count", "examples (default 1000)", 1);
    readonly Option<int?> _seed = Whole("--seed", "the same seed gives the same bytes (default 42)", 0);
    readonly Option<string?> _output = Valued<string?>("--output", "PATH", "file ending in .csv or .npz, or for pictures a folder; SET.csv by default, for pictures the folder SET", text => text);
    readonly Option<bool> _force = Flag("--force", "replace what is there");
    readonly Option<int?> _classes = Whole("--classes", "spirals, blobs: classes", 2);
    readonly Option<int?> _features = Whole("--features", "blobs: columns", 1);
    readonly Option<double?> _noise = Valued<double?>("--noise", "STD", "spirals, blobs, pictures: standard deviation of the noise", text => Values.Number(text, v => v >= 0, "a number of at least 0, such as 0.1"));
    readonly Option<int?> _steps = Whole("--steps", "adding: steps; copy: steps of the pause", 0);
    readonly Option<int?> _symbols = Whole("--symbols", "copy: letters that are shown", 1);
    readonly Option<int?> _recall = Whole("--recall", "copy: letters to give back", 1);
    readonly Option<int?> _size = Whole("--size", "pictures: pixels of a side", 8);

    public SynthCommand(Screen screen) : base("synth", "make a synthetic data set, simpler than a real one: where a network fails on it, the network is wrong")
    {
        _screen = screen;
        Arguments.Add(_set);
        Groups =
        [
            new OptionGroup("Data", [_count, _seed, _classes, _features, _noise, _steps, _symbols, _recall, _size]),
            new OptionGroup("Output", [_output, _force]),
        ];
        Examples =
        [
            .. SyntheticSet.All.Select(s => new Example($"pessimist synth {s.Name}{string.Concat(s.Options.Select(o => $" [--{o.Name} …]"))}", $"{s.Summary}{string.Concat(s.Options.Select(o => $"; --{o.Name}: {o.Meaning}"))}")),
            new Example("pessimist synth spirals --count 5000 --classes 3 --output spirals.npz", "in another size and form"),
        ];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        var set = SyntheticSet.Find(parsed.GetRequiredValue(_set));
        var data = set.Make(new SyntheticOptions
        {
            Count = parsed.GetValue(_count),
            Seed = parsed.GetValue(_seed) ?? SyntheticOptions.DefaultSeed,
            Classes = parsed.GetValue(_classes),
            Features = parsed.GetValue(_features),
            Noise = parsed.GetValue(_noise),
            Steps = parsed.GetValue(_steps),
            Symbols = parsed.GetValue(_symbols),
            Recall = parsed.GetValue(_recall),
            Size = parsed.GetValue(_size),
        });
        var path = parsed.GetValue(_output) ?? (data.IsPicture ? set.Name : data.TargetsEach > 1 ? $"{set.Name}.npz" : $"{set.Name}.csv");
        SyntheticWriter.Write(data, path, parsed.GetValue(_force));
        var classes = data.Classes.Count > 0 ? $"{data.Classes.Count} classes" : "a value to predict";
        _screen.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {data.Count} examples of [{string.Join(", ", data.Shape)}], {classes}"));
        if (!CommonOptions.From(parsed).Quiet) _screen.Error.WriteLine($"next: pessimist diagnose {path}{(data.TargetsEach > 1 ? " --target label_1" : Target(data, path))}");
        return ExitCodes.Ok;
    }

    static string Target(SyntheticData data, string path) =>
        SyntheticWriter.FormatOf(path) != SyntheticFormat.Csv ? "" : $"{(data.Classes.Count > 0 ? " --target label" : " --target target")}{(data.IsSequence ? " --sequence-id id --sequence-time step" : "")}";

    static Option<int?> Whole(string name, string description, int least) =>
        Valued<int?>(name, "N", description, text => Values.Whole(text, least, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {int.MaxValue}")));
}
