using System.Globalization;
using System.Text;
using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>Sequences of token ids with structure.</summary>
static class Words
{
    static readonly string[] _names = ["cat", "rat", "dog", "hen", "fox", "bee", "owl", "goat", "mouse", "frog", "bear", "duck"];
    static readonly string[] _looks = ["", "", "fat ", "old ", "shy ", "quick ", "tiny ", "proud ", "sleepy "];
    static readonly string[] _deeds = ["sat by", "ran to", "hid from", "sang for", "looked at", "followed", "dreamt of", "laughed at"];
    static readonly string[] _ends = [". ", ". ", " again. ", " at noon. ", " and slept. ", ", alas. "];

    /// <summary>Ids of the letters of sentences such as "the old cat hid from the fox at noon. ", and the alphabet they are numbered in.</summary>
    public static (long[] Ids, string Alphabet) Letters(int count, int seed)
    {
        var random = new Random(seed);
        string One(string[] of) => of[random.Next(of.Length)];
        var text = new StringBuilder();
        while (text.Length < count) text.Append(CultureInfo.InvariantCulture, $"the {One(_looks)}{One(_names)} {One(_deeds)} the {One(_looks)}{One(_names)}{One(_ends)}");
        var letters = text.ToString(0, count);
        var alphabet = string.Concat(letters.Distinct().Order());
        return ([.. letters.Select(c => (long)alphabet.IndexOf(c, StringComparison.Ordinal))], alphabet);
    }

    /// <summary>A walk through a random chain in which each token has <paramref name="followers"/> likely followers.</summary>
    public static long[] Chain(int count, int tokens, int followers, int seed)
    {
        var random = new Random(seed);
        var next = Enumerable.Range(0, tokens).Select(_ => Enumerable.Range(0, followers).Select(_ => random.Next(tokens)).ToArray()).ToArray();
        var ids = new long[count];
        for (var i = 1; i < count; i++)
            ids[i] = random.NextDouble() < 0.05 ? random.Next(tokens) : next[ids[i - 1]][random.Next(followers)];
        return ids;
    }

    /// <summary>Documents as counts of words, [count, words]: each topic has favourite words, every document is mostly of one. Most counts are 0.</summary>
    public static (Tensor Counts, Tensor Topics) Documents(int count, int words, int topics, int length, int seed)
    {
        var random = new Random(seed);
        var counts = new float[count, words];
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = random.Next(topics);
            for (var w = random.Next(length / 2, length); w > 0; w--)
            {
                var own = random.NextDouble() < 0.35;
                var word = own ? (int)(ids[i] + topics * (long)(random.NextDouble() * random.NextDouble() * (words / topics))) : (int)(words * random.NextDouble() * random.NextDouble());
                counts[i, word]++;
            }
        }
        return (Tensor.From(counts), Tensor.From(ids));
    }

    /// <summary>Uniform tokens from 1 on, [count, length], for copying, reversing, sorting; 0 is left for padding.</summary>
    public static Tensor Uniform(int count, int length, int tokens, int seed)
    {
        var random = new Random(seed);
        var ids = new long[count * length];
        for (var i = 0; i < ids.Length; i++) ids[i] = 1 + random.Next(tokens - 1);
        return Tensor.From(ids, count, length);
    }
}
