using System.Collections.Concurrent;
using System.Globalization;
using Pessimist.Text;

namespace Pessimist.Data.Readers;

/// <summary>
/// Reads pictures from folders named by their class: ROOT/CLASS/… or ROOT/train/CLASS/… with ROOT/test/CLASS/…. One bad picture never stops the rest.
/// </summary>
static class ImageFolderReader
{
    const int DeepestFolder = 4;

    /// <summary>When no size is shared by this share of the pictures, the median size is taken.</summary>
    const double CommonShare = 0.1;

    /// <summary>The largest side that pictures without a common size are brought to.</summary>
    const int LargestMedianSide = 224;

    /// <summary>One picture found: its path and class.</summary>
    sealed record Entry(string Path, string Class);

    public static RawData Read(string root, ReadOptions options)
    {
        var folders = Folders(root);
        List<string> notes = [];
        var train = folders.Find(f => IsNamed(f, "train", "training"));
        var test = folders.Find(f => IsNamed(f, "test", "testing"));
        if (train is null || Folders(train).Count == 0)
        {
            // One folder around everything, as archives unpack.
            if (folders.Count == 1 && Folders(folders[0]).Count > 1 && Pictures(root, 0).Count == 0 && Pictures(folders[0], DeepestFolder).Count == 0)
                return Read(folders[0], options);
            var inFolders = Entries(root, folders, notes);
            // Without classes the pictures may lie side by side.
            if (!options.NeedsLabels && inFolders.Count == 0) inFolders = [.. Pictures(root, 0).Select(p => new Entry(p, ""))];
            return Build(root, inFolders, notes, options, null);
        }

        var entries = Entries(train, Folders(train), notes);
        var validation = folders.Find(f => IsNamed(f, "val", "valid", "validation"));
        if (validation is not null)
        {
            entries.AddRange(Entries(validation, Folders(validation), notes));
            notes.Add($"the pictures of {Path.GetFileName(validation)} are read with those of {Path.GetFileName(train)}; the validation set is drawn from both");
        }

        if (test is null) return Build(root, entries, notes, options, null);
        var testFrom = entries.Count;
        entries.AddRange(Entries(test, Folders(test), notes));
        return Build(root, entries, notes, options, testFrom);
    }

    /// <summary>Whether there is any picture.</summary>
    public static bool HasPictures(string root) => Pictures(root, DeepestFolder).Count > 0;

    static RawData Build(string root, List<Entry> entries, List<string> notes, ReadOptions options, int? testFrom)
    {
        if (entries.Count == 0) throw NoPictures(root);
        var bad = new ConcurrentDictionary<int, string>();
        var sizes = new PictureSize?[entries.Count];
        var parallel = new ParallelOptions { CancellationToken = options.Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        ForEach(entries, parallel, bad, i =>
        {
            var size = PictureFile.Size(entries[i].Path);
            size.Check();
            sizes[i] = size;
        });
        if (bad.Count == entries.Count)
            throw new PessimistException($"none of the {entries.Count} pictures under {root} can be read; {entries[0].Path}: {bad[0]}", "give PNG or JPEG pictures");

        var (height, width) = CommonSize([.. sizes.OfType<PictureSize>()], notes);
        var colour = sizes.Any(s => s is { Colour: true });
        var channels = colour ? 3 : 1;
        Limits.CheckFits((long)entries.Count * channels * height * width, 1, root);
        var length = channels * height * width;
        var pixels = new byte[(entries.Count - bad.Count) * length];
        // Places are given out before decoding, so that the order does not depend on threads; a picture that fails later leaves a hole to close.
        var places = new int[entries.Count];
        var next = 0;
        for (var i = 0; i < places.Length; i++) places[i] = bad.ContainsKey(i) ? -1 : next++;
        ForEach(entries, parallel, bad, i =>
        {
            if (places[i] < 0) return;
            var picture = PictureResize.To(PictureFile.Decode(entries[i].Path, colour), height, width);
            Planes(picture, pixels.AsSpan(places[i] * length, length));
        });
        return Assemble(root, entries, notes, testFrom, bad, sizes, places, pixels, [channels, height, width]);
    }

    static RawData Assemble(string root, List<Entry> entries, List<string> notes, int? testFrom, ConcurrentDictionary<int, string> bad, PictureSize?[] sizes, int[] places,
        byte[] pixels, int[] shape)
    {
        int length = shape[0] * shape[1] * shape[2], kept = 0, testStart = 0;
        List<string> paths = [], labels = [];
        List<OddShape> odd = [];
        List<Unreadable> wrong = [];
        for (var i = 0; i < entries.Count; i++)
        {
            if (i == testFrom) testStart = kept;
            if (bad.ContainsKey(i)) continue;
            if (places[i] != kept) pixels.AsSpan(places[i] * length, length).CopyTo(pixels.AsSpan(kept * length, length));
            kept++;
            paths.Add(entries[i].Path);
            labels.Add(entries[i].Class);
            var size = sizes[i]!.Value;
            var channels = size.Colour ? 3 : 1;
            if (size.Height != shape[1] || size.Width != shape[2] || channels != shape[0]) odd.Add(new OddShape(entries[i].Path, [channels, size.Height, size.Width]));
            if (PictureFile.WrongExtension(entries[i].Path) is { } holds) wrong.Add(new Unreadable(entries[i].Path, holds));
        }

        if (kept == 0) throw new PessimistException($"none of the {entries.Count} pictures under {root} can be read; {entries[0].Path}: {bad[0]}", "give PNG or JPEG pictures");
        Array.Resize(ref pixels, kept * length);
        if (shape[0] == 3 && AllGrey(pixels, shape))
        {
            pixels = FirstChannel(pixels, shape);
            shape = [1, shape[1], shape[2]];
            notes.Add("all pictures are grey, although some are stored in colour: one channel is kept");
            odd.RemoveAll(o => o.Shape[1] == shape[1] && o.Shape[2] == shape[2]);
        }

        return new RawData
        {
            Source = root,
            Kind = DataKind.Images,
            Format = labels.TrueForAll(l => l.Length == 0) ? "pictures" : "pictures by class",
            Count = kept,
            Items = new ArrayData(shape, kept, pixels),
            Labels = labels.TrueForAll(l => l.Length == 0) ? null : new TextColumn("label", [.. labels]),
            Paths = paths,
            Unreadable = [.. bad.OrderBy(b => b.Key).Select(b => new Unreadable(entries[b.Key].Path, b.Value))],
            WrongExtensions = wrong,
            OddShapes = odd,
            Notes = notes,
            TestStart = testFrom is null ? null : testStart,
        };
    }

    static void ForEach(List<Entry> entries, ParallelOptions options, ConcurrentDictionary<int, string> bad, Action<int> read)
    {
        try
        {
            Parallel.For(0, entries.Count, options, i =>
            {
                try
                {
                    read(i);
                }
                catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    bad[i] = e.Message;
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<PessimistException>().FirstOrDefault() is { } mistake)
        {
            throw mistake;
        }
    }

    static (int Height, int Width) CommonSize(List<PictureSize> sizes, List<string> notes)
    {
        var common = sizes.GroupBy(s => (s.Height, s.Width)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First();
        if (common.Count() >= CommonShare * sizes.Count) return common.Key;
        var heights = sizes.Select(s => s.Height).Order().ToList();
        var widths = sizes.Select(s => s.Width).Order().ToList();
        int height = Math.Min(LargestMedianSide, heights[heights.Count / 2]), width = Math.Min(LargestMedianSide, widths[widths.Count / 2]);
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"the pictures have {sizes.Distinct().Count()} different sizes; all are brought to {width} x {height}"));
        return (height, width);
    }

    /// <summary>Interleaved to one plane per channel.</summary>
    static void Planes(Picture picture, Span<byte> destination)
    {
        var area = picture.Height * picture.Width;
        for (var c = 0; c < picture.Channels; c++)
            for (var i = 0; i < area; i++) destination[c * area + i] = picture.Pixels[i * picture.Channels + c];
    }

    static bool AllGrey(byte[] pixels, int[] shape)
    {
        var area = shape[1] * shape[2];
        for (var start = 0; start < pixels.Length; start += 3 * area)
        {
            var red = pixels.AsSpan(start, area);
            if (!red.SequenceEqual(pixels.AsSpan(start + area, area)) || !red.SequenceEqual(pixels.AsSpan(start + 2 * area, area))) return false;
        }

        return true;
    }

    static byte[] FirstChannel(byte[] pixels, int[] shape)
    {
        var area = shape[1] * shape[2];
        var grey = new byte[pixels.Length / 3];
        for (var item = 0; item * area < grey.Length; item++) pixels.AsSpan(item * 3 * area, area).CopyTo(grey.AsSpan(item * area));
        return grey;
    }

    static List<Entry> Entries(string root, List<string> folders, List<string> notes)
    {
        List<Entry> entries = [];
        foreach (var folder in folders)
        {
            var pictures = Pictures(folder, DeepestFolder);
            if (pictures.Count == 0) notes.Add($"the folder {Path.GetFileName(folder)} of {root} holds no pictures");
            entries.AddRange(pictures.Select(p => new Entry(p, Path.GetFileName(folder))));
        }

        return entries;
    }

    static List<string> Folders(string root) =>
        [.. Directory.EnumerateDirectories(root).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Files named as pictures, folders inside included; a link to a folder could lead in circles and is not followed.</summary>
    static List<string> Pictures(string folder, int depth)
    {
        List<string> found = [.. Directory.EnumerateFiles(folder).Where(f => !Path.GetFileName(f).StartsWith('.') && PictureFile.IsNamedAsPicture(f)).Order(StringComparer.Ordinal)];
        if (depth > 0)
            foreach (var inner in Folders(folder))
                if (new DirectoryInfo(inner).LinkTarget is null) found.AddRange(Pictures(inner, depth - 1));
        return found;
    }

    static bool IsNamed(string folder, params string[] names) => names.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase);

    static PessimistException NoPictures(string root)
    {
        if (Pictures(root, 0).Count > 0)
            return new PessimistException($"{root} holds pictures, but no folders that name their classes", "put the pictures of each class into a folder of its own: ROOT/CLASS/picture.png");
        var names = Directory.EnumerateFileSystemEntries(root).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList();
        return new PessimistException(names.Count == 0 ? $"the folder {root} is empty" : $"{root} holds no folders of pictures and no MNIST-format files; it holds {DidYouMean.List(names)}",
            "give a file, or a folder that holds one folder of PNG or JPEG pictures for each class");
    }
}
