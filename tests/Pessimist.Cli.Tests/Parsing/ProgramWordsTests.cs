using System.CommandLine;
using Pessimist.Cli.Parsing;

namespace Pessimist.Cli.Tests.Parsing;

public sealed class ProgramWordsTests
{
    [Theory]
    [InlineData("run train.py --lr 1", "run", "train.py --lr 1")]
    [InlineData("run --format json train.py --format x", "run --format json", "train.py --format x")]
    [InlineData("run --format=json -q train.py -q", "run --format=json -q", "train.py -q")]
    [InlineData("run -q -- train.py -- x", "run -q", "train.py -- x")]
    [InlineData("-q run -m a.b -m c", "-q run", "-m a.b -m c")]
    [InlineData("run -- -m a.b", "run", "-m a.b")]
    [InlineData("run --unknown train.py", "run --unknown", "train.py")]
    [InlineData("after train.py --steps 5 x --lr 1 -q", "after --steps 5 -q", "train.py x --lr 1")]
    [InlineData("after -m a.b --steps 5 -- --steps 6", "after --steps 5", "-m a.b --steps 6")]
    [InlineData("other train.py --lr 1", "other train.py --lr 1", "")]
    public void The_words_of_the_program_are_told_from_those_of_the_tool(string all, string own, string program)
    {
        var root = new RootCommand { new Programs("run", false), new Programs("after", true), new Command("other") };
        root.Options.Add(new Option<bool>("-q") { Recursive = true });
        var words = new ProgramWords();
        string.Join(' ', words.Take(root, all.Split(' '))).ShouldBe(own);
        string.Join(' ', words.Words).ShouldBe(program);
    }

    sealed class Programs : Command, IProgramCommand
    {
        public Programs(string name, bool optionsMayFollow) : base(name)
        {
            OptionsMayFollow = optionsMayFollow;
            Options.Add(new Option<string>("--format") { Arity = ArgumentArity.ExactlyOne });
            Options.Add(new Option<int>("--steps") { Arity = ArgumentArity.ExactlyOne });
        }

        public bool OptionsMayFollow { get; }
    }
}
