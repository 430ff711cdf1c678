using System.Text;
using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class CsvTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    RawData Read(string text) => DataReader.Read(_folder.Write("data.csv", text));

    string Fails(string text) => Should.Throw<PessimistException>(() => Read(text)).Message;

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public void Finds_the_delimiter(string delimiter)
    {
        var data = Read(string.Join('\n', new[] { "a,b,kind", "1,2.5,x", "3,4.5,y" }.Select(l => l.Replace(",", delimiter, StringComparison.Ordinal))));

        data.Columns.Select(c => c.Name).ShouldBe(["a", "b", "kind"]);
        data.Columns[1].ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([2.5, 4.5]);
        data.Columns[2].ShouldBeOfType<TextColumn>().Values.ToArray().ShouldBe(["x", "y"]);
        data.Id(1).ShouldBe("row 2");
    }

    [Fact]
    public void Reads_quotes_line_breaks_in_quotes_and_a_byte_order_mark()
    {
        var data = DataReader.Read(_folder.Write("q.csv", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("name,size\r\n\"a, \"\"b\"\"\",1\r\n\"two\nlines\",2\r\n")]));

        data.Columns[0].Name.ShouldBe("name");
        ((TextColumn)data.Columns[0]).Values.ToArray().ShouldBe(["a, \"b\"", "two\nlines"]);
    }

    [Fact]
    public void Numbers_columns_when_the_first_line_holds_data()
    {
        var data = Read("5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.9,virginica\n");

        data.Count.ShouldBe(3);
        data.Columns.Select(c => c.Name).ShouldBe(["column_1", "column_2", "column_3"]);
        data.Notes.ShouldContain(n => n.Contains("holds data, not names"));
    }

    [Fact]
    public void Takes_a_year_above_numbers_as_a_name_when_words_stand_beside_it() =>
        Read("total,2019\n1.5,2.5\n3.5,4.5\n").Columns.Select(c => c.Name).ShouldBe(["total", "2019"]);

    [Theory]
    [InlineData("0,1,2,species\n5.1,3.5,1.4,setosa\n4.9,3.0,1.3,setosa\n")]
    [InlineData("0,1,2\n5.1,3.5,1.4\n")]
    public void Numbered_names_are_names(string text) => Read(text).Columns[2].Name.ShouldBe("2");

    [Fact]
    public void Gives_second_columns_of_one_name_another_name() =>
        Read("a,a,\n1,2,3\n").Columns.Select(c => c.Name).ShouldBe(["a", "a_2", "Unnamed: 2"]);

    [Fact]
    public void Blanks_and_the_words_for_missing_are_missing()
    {
        var column = Read("x,y\n1,a\n,a\nNaN,a\nNA,a\n?,a\nnull,a\n7,a\n").Columns[0].ShouldBeOfType<NumberColumn>();

        column.Missing.ShouldBe(5);
        column.NotNumbers.ShouldBeEmpty();
        column.Values[6].ShouldBe(7);
    }

    [Fact]
    public void Text_in_a_column_of_numbers_is_kept_with_its_row()
    {
        var rows = Enumerable.Range(1, 40).Select(i => i == 12 ? "twelve" : $"{i}.5");

        var column = Read("x\n" + string.Join('\n', rows)).Columns[0].ShouldBeOfType<NumberColumn>();

        column.NotNumbers.ShouldBe([new TextCell(11, "twelve")]);
        double.IsNaN(column.Values[11]).ShouldBeTrue();
        column.Values[12].ShouldBe(13.5);
    }

    [Fact]
    public void Codes_that_are_mostly_digits_stay_text()
    {
        var codes = new[] { "1", "2", "3", "1", "2", "A", "3", "1", "B", "2" };

        Read("code\n" + string.Join('\n', codes)).Columns[0].ShouldBeOfType<TextColumn>().Values.ToArray().ShouldBe(codes);
    }

    [Fact]
    public void Decimal_commas_are_numbers() =>
        Read("x;y\n1,5;a\n2,25;b\n").Columns[0].ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([1.5, 2.25]);

    [Fact]
    public void Infinite_numbers_stay_infinite() =>
        Read("x,y\ninf,1\n-Infinity,2\n3,4\n").Columns[0].ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([double.PositiveInfinity, double.NegativeInfinity, 3]);

    [Fact]
    public void A_ragged_row_is_named_with_its_counts() =>
        Fails("a,b,c\n1,2,3\n4,5\n6,7,8\n").ShouldEndWith("row 2 (line 3) has 2 fields, the header has 3");

    [Fact]
    public void A_quote_that_is_never_closed_is_named_with_its_line() =>
        Fails("a,b\n1,x\n2,\"y\n3,z\n4,z\n").ShouldContain("line 3 is never closed");

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "holds no rows")]
    [InlineData("a,b\n", "header of 2 columns and no rows")]
    public void Files_without_rows_say_so(string text, string message) => Fails(text).ShouldContain(message);

    [Fact]
    public void Binary_garbage_is_refused()
    {
        var garbage = new byte[4096];
        new Random(1).NextBytes(garbage);
        garbage[0] = 0xC3;

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("data.csv", garbage))).Message.ShouldContain("binary data");
    }

    [Fact]
    public void A_NUL_far_into_the_file_is_named_with_row_and_column()
    {
        var text = "x,word\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i},w{i % 7}\n")) + "20001,a\0b\n";

        Fails(text).ShouldContain("row 20001, column 'word'");
    }

    [Fact]
    public void Text_of_the_time_before_UTF_8_is_read_as_Latin_1() =>
        ((TextColumn)DataReader.Read(_folder.Write("l.csv", Encoding.Latin1.GetBytes("name,x\nMüller,1\n"))).Columns[0]).Values[0].ShouldBe("Müller");

    [Fact]
    public void Gzip_is_unpacked() =>
        DataReader.Read(_folder.Write("data.csv.gz", TempFolder.Gzip(Encoding.UTF8.GetBytes("a,b\n1,2\n")))).Count.ShouldBe(1);

    [Fact]
    public void A_gzip_file_that_breaks_off_is_refused()
    {
        var random = new Random(3);
        var packed = TempFolder.Gzip(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Range(0, 5000).Select(_ => $"{random.NextDouble()},1\n"))));

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("data.csv.gz", packed[..(packed.Length / 2)]))).Message.ShouldContain("damaged");
    }

    [Fact]
    public void A_decompression_bomb_is_stopped()
    {
        var packed = TempFolder.Gzip([.. "a\n"u8, .. Enumerable.Repeat((byte)'1', 70 << 20)]);

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("data.csv.gz", packed))).Message.ShouldContain("decompression bomb");
    }

    [Fact]
    public void A_hundred_thousand_columns_are_read()
    {
        const int Width = 100_000;
        var header = string.Join(',', Enumerable.Range(0, Width).Select(i => $"f{i}"));
        var row = string.Join(',', Enumerable.Repeat("1", Width));

        var data = Read($"{header}\n{row}\n{row}\n");

        data.Columns.Count.ShouldBe(Width);
        data.Columns[^1].ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([1, 1]);
    }

    [Fact]
    public void A_missing_file_suggests_its_neighbour()
    {
        _folder.Write("digits.csv", "a\n1\n");

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.At("digit.csv"))).Message.ShouldContain("digits.csv'?");
    }

    [Fact]
    public void A_slip_in_the_folder_is_found_too()
    {
        _folder.Write("samples/digits.csv", "a\n1\n");

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.At("sample/digits.csv"))).Message.ShouldContain("samples/digits.csv'?");
    }

    [Fact]
    public void A_device_is_no_file() => Should.Throw<PessimistException>(() => DataReader.Read("/dev/zero")).Message.ShouldContain("device");

    [Fact]
    public void A_pickle_is_never_read() =>
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("data.pkl", [0x80, 4, 0x95, 1, 2, 3]))).Message.ShouldContain("never read");

    [Fact]
    public void A_given_test_set_is_put_behind_the_data()
    {
        var train = _folder.Write("train.csv", "a,b,y\n1,2,no\n3,4,yes\n");
        var test = _folder.Write("test.csv", "y,b,a,extra\nyes,6,5,0\n");

        var data = DataReader.Read(train, test);

        data.Count.ShouldBe(3);
        data.TestStart.ShouldBe(2);
        ((NumberColumn)data.Columns[0]).Values.ToArray().ShouldBe([1, 3, 5]);
        data.Id(2).ShouldBe("test.csv row 1");
        data.Place(2).ShouldBe(new RowPlace(test, 1));
        data.Notes.ShouldContain(n => n.Contains("'extra'"));
    }

    [Fact]
    public void A_test_set_without_a_column_is_refused()
    {
        var train = _folder.Write("train.csv", "width,y\n1,0\n2,1\n");
        var test = _folder.Write("test.csv", "widht,y\n1,0\n");

        Should.Throw<PessimistException>(() => DataReader.Read(train, test)).Message.ShouldContain("no column 'width'; did you mean 'widht'?");
    }
}
