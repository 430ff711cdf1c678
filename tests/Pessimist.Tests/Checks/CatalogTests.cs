using System.Reflection;
using System.Runtime.CompilerServices;
using Pessimist.Checks;
using Pessimist.Checks.Settings;

namespace Pessimist.Tests.Checks;

public sealed class CatalogTests
{
    [Fact]
    public void Every_check_in_the_assembly_is_in_the_catalog()
    {
        var types = typeof(Check).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Check)));
        var listed = Catalog.Create().Select(c => c.GetType()).ToHashSet();
        types.Where(t => !listed.Contains(t)).ShouldBeEmpty();
    }

    [Fact]
    public void Codes_and_names_are_unique_and_sorted()
    {
        Catalog.Infos.Select(i => i.Code).ShouldBeUnique();
        Catalog.Infos.Select(i => i.Name).ShouldBeUnique();
        Catalog.Infos.Select(i => i.Code).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public void Info_of_an_instance_is_the_info_listed() =>
        Catalog.Create().Select(c => c.Info).ShouldBe(Catalog.Infos);

    [Fact]
    public void Names_read_after_allow_and_codes_have_a_band()
    {
        foreach (var info in Catalog.Infos)
        {
            info.Name.ShouldMatch("^[a-z0-9]+(-[a-z0-9]+)*$", info.Code);
            info.Code.ShouldMatch("^PES[1-9][0-9]{2}$");
            char.IsUpper(info.Summary[0]).ShouldBeFalse(info.Code);
            info.Summary.ShouldNotEndWith(".", info.Code);
        }
    }

    [Fact]
    public void Every_limit_says_where_it_comes_from()
    {
        foreach (var type in typeof(Check).Assembly.GetTypes().Where(t => t.Name == "Limits" && t.DeclaringType is { } check && check.IsSubclassOf(typeof(Check))))
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                property.GetCustomAttribute<OriginAttribute>().ShouldNotBeNull($"{type.DeclaringType!.Name}.{property.Name}");
    }

    [Fact]
    public void Every_limit_says_what_it_is()
    {
        foreach (var info in Catalog.Infos)
            foreach (var limit in Catalog.LimitsOf(info)) limit.Meaning.ShouldNotBeEmpty($"{info.Name}: {limit.Name} needs a summary");
    }

    [Fact]
    public void A_limit_of_the_project_reaches_its_check()
    {
        foreach (var info in Catalog.Infos)
            foreach (var limit in Catalog.LimitsOf(info))
            {
                var value = limit.Default + 1;
                var settings = new CheckSettings { Limits = new Dictionary<string, IReadOnlyDictionary<string, double>> { [info.Name] = new Dictionary<string, double> { [limit.Name] = value } } };
                HeldBy(Catalog.Create(settings).Single(c => c.Info == info)).ShouldContain(value, $"{info.Name}: {limit.Name}");
            }
    }

    /// <summary>The values of the limits record that a check keeps.</summary>
    static IEnumerable<double> HeldBy(Check check)
    {
        var limits = check.GetType().GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Select(f => f.GetValue(check)).Single(v => v?.GetType().Name == "Limits")!;
        return limits.GetType().GetProperties().Select(p => Convert.ToDouble(p.GetValue(limits), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Docs_pages_are_as_generated()
    {
        var folder = Path.Combine(Root(), "docs", "checks");
        foreach (var info in Catalog.Infos)
        {
            var path = Path.Combine(folder, info.Name + ".md");
            var page = CheckPage.Markdown(info);
            if (Environment.GetEnvironmentVariable("PESSIMIST_UPDATE") == "1")
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(path, page);
            }

            File.Exists(path).ShouldBeTrue($"{path} is missing; run the tests with PESSIMIST_UPDATE=1");
            File.ReadAllText(path).ShouldBe(page, $"{path} is stale; run the tests with PESSIMIST_UPDATE=1");
        }

        Directory.EnumerateFiles(folder, "*.md").Select(Path.GetFileNameWithoutExtension)
            .ShouldAllBe(n => Catalog.Infos.Any(i => i.Name == n));
    }

    static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
