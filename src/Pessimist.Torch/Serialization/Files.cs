namespace Pessimist.Torch.Serialization;

static class Files
{
    /// <summary>Opens a file and says in one line why that failed.</summary>
    internal static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorchException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes beside the file and renames, so that it is there whole or not at all.</summary>
    internal static void Replace(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16)) write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception second) when (second is IOException or UnauthorizedAccessException)
            {
                // The first failure is the one to tell.
            }
            if (e is IOException or UnauthorizedAccessException) throw new TorchException($"'{path}' cannot be written: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Disposes of what was read before the failure.</summary>
    internal static Dictionary<string, Tensor> ReadAll(Action<Dictionary<string, Tensor>> read)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            read(tensors);
            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw;
        }
    }
}
