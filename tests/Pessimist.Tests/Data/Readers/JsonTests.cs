using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class JsonTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    RawData Read(string text, string name = "data.json") => DataReader.Read(_folder.Write(name, text));

    [Theory]
    [InlineData("[{\"a\": 1, \"b\": \"x\"}, {\"a\": null, \"b\": \"y\"}, {\"b\": \"z\", \"a\": 3}]")]
    [InlineData("{\"a\": 1, \"b\": \"x\"}\n{\"b\": \"y\"}\n\n{\"b\": \"z\", \"a\": 3}\n")]
    [InlineData("{\"a\": [1, null, 3], \"b\": [\"x\", \"y\", \"z\"]}")]
    [InlineData("{\n \"rows\": [{\"a\": 1, \"b\": \"x\"}, {\"b\": \"y\"}, {\"a\": 3, \"b\": \"z\"}],\n \"version\": 2\n}")]
    public void Reads_rows_lines_and_columns(string text)
    {
        var data = Read(text);

        data.Columns.Select(c => c.Name).ShouldBe(["a", "b"]);
        data.Columns[0].ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([1, double.NaN, 3]);
        data.Columns[1].ShouldBeOfType<TextColumn>().Values.ToArray().ShouldBe(["x", "y", "z"]);
    }

    [Fact]
    public void Objects_and_arrays_in_cells_become_columns() =>
        Read("[{\"size\": {\"w\": 1, \"h\": 2}, \"pixels\": [3, [4, 5]], \"ok\": true}]").Columns.Select(c => $"{c.Name}={c.Show(0)}")
            .ShouldBe(["size.w=1", "size.h=2", "pixels_0=3", "pixels_1_0=4", "pixels_1_1=5", "ok=1"]);

    [Fact]
    public void A_broken_line_is_named() =>
        Should.Throw<PessimistException>(() => Read("{\"a\": 1}\n{\"a\": \n", "data.jsonl")).Message.ShouldContain("line 2 is no JSON");

    [Theory]
    [InlineData("[1, 2]", "row 1 is number")]
    [InlineData("{\n\"a\": 1,\n\"b\": 2}", "one JSON object")]
    [InlineData("[]", "no examples")]
    public void What_is_no_table_is_refused(string text, string message) =>
        Should.Throw<PessimistException>(() => Read(text)).Message.ShouldContain(message);

    [Fact]
    public void Deep_nesting_is_refused() =>
        Should.Throw<PessimistException>(() => Read("[{\"a\": " + new string('[', 5000) + new string(']', 5000) + "}]")).Message.ShouldContain("no JSON");
}
