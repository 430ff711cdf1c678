using System.IO.Compression;

namespace Pessimist.Data.Readers;

/// <summary>Opens a file, through gzip when its first bytes say so, and stops a decompression bomb.</summary>
static class GzipFile
{
    /// <summary>Deflate cannot expand further than this (RFC 1951: 258 bytes from 2 bits).</summary>
    public const long LargestRatio = 1032;

    public static Stream OpenRead(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            var length = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
            file.Position = 0;
            return length == 2 && magic[0] == 0x1F && magic[1] == 0x8B ? new GuardedGzip(file, path) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what unpacks to far more than honest data do, and a file that breaks off.</summary>
    sealed class GuardedGzip(FileStream file, string path) : Stream
    {
        /// <summary>Below this size any ratio is harmless.</summary>
        const long Harmless = 64L << 20;

        /// <summary>Real tables and pictures stay below 50; a file of one repeated byte reaches 1000.</summary>
        const long SuspiciousRatio = 200;

        readonly GZipStream _inner = new(file, CompressionMode.Decompress);
        readonly long _memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = _inner.Read(buffer);
            _read += count;
            if (_read > Harmless && (_read > file.Length * SuspiciousRatio || _read > _memory))
                throw new PessimistException(
                    $"{path} ({Limits.Size(file.Length)}) has unpacked to {Limits.Size(_read)} and goes on: it looks like a decompression bomb",
                    "unpack it yourself if you trust it, and give the unpacked file");
            if (count == 0 && buffer.Length > 0) CheckTrailer();
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
                file.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>The last four bytes of a whole gzip file are its length modulo 2^32 (RFC 1952); several members joined hold only the last one's.</summary>
        void CheckTrailer()
        {
            using var again = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (again.Length < 18) throw new InvalidDataException("the gzip data break off");
            again.Seek(-4, SeekOrigin.End);
            Span<byte> trailer = stackalloc byte[4];
            again.ReadExactly(trailer);
            if (System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(trailer) > _read)
                throw new InvalidDataException("the gzip data break off");
        }
    }
}
