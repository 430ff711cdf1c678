using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>Unreadable examples and inconsistent shapes.</summary>
public sealed class FileChecksTests
{
    [Fact]
    public void A_file_that_cannot_be_read_is_proved()
    {
        var finding = Judge(new UnreadableExample(), HealthyPictures with { Unreadable = [new Unreadable("cat/3.png", "the file ends in its header")] }).Finding();
        (finding.Level, finding.Location!.File).ShouldBe((Level.Error, "cat/3.png"));
        finding.Message.ShouldBe("1 file cannot be read: the file ends in its header");
    }

    [Fact]
    public void A_wrong_extension_is_a_note() =>
        Judge(new UnreadableExample(), HealthyPictures with { WrongExtensions = [new Unreadable("cat/3.png", "a JPEG")] }).Finding().Level.ShouldBe(Level.Note);

    [Fact]
    public void Pictures_of_other_sizes_are_counted_by_size()
    {
        var finding = Judge(new InconsistentShapes(), HealthyPictures with { OddShapes = [new OddShape("cat/4.png", [3, 4, 4]), new OddShape("cat/5.png", [1, 8, 8]), new OddShape("cat/6.png", [1, 8, 8])] }).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("3 pictures of 256 have another shape than 1 x 4 x 4");
        finding.Evidence[0].Name.ShouldBe("pictures of shape 1 x 8 x 8");
        finding.Examples[0].ShouldBe("cat/4.png: 3 x 4 x 4");
    }

    [Fact]
    public void Whole_folders_of_one_size_are_silent()
    {
        Judge(new UnreadableExample(), HealthyPictures).ShouldPass();
        Judge(new InconsistentShapes(), HealthyPictures).ShouldPass();
    }

    [Fact]
    public void Tables_have_no_shapes_and_without_facts_there_is_no_verdict()
    {
        Judge(new InconsistentShapes(), Healthy()).ShouldNotApply();
        Judge(new UnreadableExample()).ShouldLackEvidence();
    }
}
