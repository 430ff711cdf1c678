using System.Buffers.Binary;
using System.IO.Compression;

namespace Pessimist.Data.Synthetic;

/// <summary>Grey pictures of 8 bits as PNG (ISO/IEC 15948).</summary>
static class PngWriter
{
    static readonly uint[] _crc = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1))];

    public static void Write(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        Chunk(file, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                // Each row begins with its filter: none.
                deflate.WriteByte(0);
                deflate.Write(pixels.Slice(y * width, width));
            }

        Chunk(file, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(file, "IEND"u8, []);
    }

    static void Chunk(FileStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        var crc = Update(Update(0xFFFFFFFF, type), data) ^ 0xFFFFFFFF;
        BinaryPrimitives.WriteUInt32BigEndian(number, crc);
        file.Write(number);
    }

    static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) crc = _crc[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }
}
