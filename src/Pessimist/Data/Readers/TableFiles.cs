namespace Pessimist.Data.Readers;
static class TableFiles
{
    public static RawData ReadParquet(string path, ReadOptions options) => throw new PessimistException($"{path}: {options}");
    public static RawData ReadJson(string path, ReadOptions options) => throw new PessimistException($"{path}: {options}");
}
static class ImageFolderReader
{
    public static RawData Read(string path, ReadOptions options) => throw new PessimistException($"{path}: {options}");
}
