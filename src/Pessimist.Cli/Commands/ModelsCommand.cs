using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Torch.Models;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist models</c>: the ready-made networks, what they cost and when to use which.</summary>
sealed class ModelsCommand : ToolCommand
{
    static readonly JsonWriterOptions _indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Screen _screen;
    readonly Option<int[]?> _input = Valued<int[]?>("--input", "SHAPE", "shape of one example: 20, 3x32x32 (channels, height, width) or 100x8 (steps, features); only models that take it are listed", Values.Shape);
    readonly Option<int?> _outputs = Valued<int?>("--outputs", "N", "classes or values to predict (default 10)", text => Values.Whole(text, 1, "a whole number of at least 1"));
    readonly Option<int?> _batch = Valued<int?>("--batch", "N", "examples of a training step (default 32)", text => Values.Whole(text, 1, "a whole number of at least 1"));
    readonly Option<OutputFormat> _format = Choosing<OutputFormat>("--format", "a table, or JSON for scripts", [("text", OutputFormat.Text), ("json", OutputFormat.Json)]);

    public ModelsCommand(Screen screen) : base("models", "list the ready-made networks: parameters, memory of a training step, and when to use which")
    {
        _screen = screen;
        Groups = [new OptionGroup("Data", [_input, _outputs, _batch]), new OptionGroup("Output", [_format])];
        Examples =
        [
            new Example("pessimist models", "each at the size of input it is usually seen with"),
            new Example("pessimist models --input 3x64x64 --outputs 5 --batch 128", "those for coloured pictures of 64 pixels, and what they cost there"),
        ];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        // The parser makes an empty list of an option that is not given.
        var input = parsed.GetValue(_input) is { Length: > 0 } given ? given : null;
        var (outputs, batch) = (parsed.GetValue(_outputs) ?? 10, parsed.GetValue(_batch) ?? 32);
        var models = ModelCatalog.All.Where(m => input is null || m.Takes(input)).Select(m => (Model: m, Shape: input ?? m.Typical, Cost: Cost(m, input ?? m.Typical, outputs, batch))).ToArray();
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _screen.Out.WriteLine(Json(models, outputs, batch));
            return ExitCodes.Ok;
        }

        var text = new StringBuilder();
        foreach (var (model, shape, cost) in models)
            text.Append(CultureInfo.InvariantCulture, $"{model.Name,-12}{string.Join('x', shape),-11}{cost.Parameters,12:N0} parameters  {ModelSummary.Human(cost.TotalBytes),9}  {model.Summary}; {model.When}\n");
        text.Append(CultureInfo.InvariantCulture, $"memory: a training step of {batch} examples with Adam, {outputs} outputs\n");
        _screen.Out.Write(text.ToString());
        if (!CommonOptions.From(parsed).Quiet) _screen.Error.WriteLine("next: pessimist diagnose DATA --model NAME");
        return ExitCodes.Ok;
    }

    static ModelSummary Cost(ModelInfo model, IReadOnlyList<int> shape, int outputs, int batch)
    {
        using var network = model.Create(shape, outputs, null);
        return ModelSummary.Of(network, [.. shape.Select(s => (long)s)], batch);
    }

    static string Json((ModelInfo Model, IReadOnlyList<int> Shape, ModelSummary Cost)[] models, int outputs, int batch)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _indented))
        {
            json.WriteStartObject();
            json.WriteNumber("outputs", outputs);
            json.WriteNumber("batch", batch);
            json.WriteStartArray("models");
            foreach (var (model, shape, cost) in models)
            {
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteString("summary", model.Summary);
                json.WriteString("when", model.When);
                json.WriteStartArray("input");
                foreach (var size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteNumber("parameters", cost.Parameters);
                json.WriteNumber("step_bytes", cost.TotalBytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
