using System.Runtime.InteropServices;

namespace Pessimist.Data.Readers;

/// <summary>The few functions of DuckDB's C API that reading a table takes, from the libduckdb.so that is found; never a network, never an extension to load.</summary>
sealed unsafe partial class DuckDb : IDisposable
{
    const string Library = "duckdb";
    static readonly Lazy<nint> _library = new(Find);

    nint _database;
    nint _connection;

    static DuckDb() => NativeLibrary.SetDllImportResolver(typeof(DuckDb).Assembly, (name, _, _) => name == Library ? _library.Value : 0);

    public DuckDb()
    {
        if (Open(null, out _database) != 0 || Connect(_database, out _connection) != 0) throw new PessimistException("DuckDB does not start");
        using var _ = Run("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET preserve_insertion_order = true");
    }

    /// <summary>Whether a libduckdb.so was found.</summary>
    public static bool IsAvailable => _library.Value != 0;

    /// <summary>Runs statements and keeps the last one's result.</summary>
    /// <exception cref="PessimistException">With DuckDB's message.</exception>
    public Result Run(string sql)
    {
        var result = new Result();
        if (Query(_connection, sql, result.Handle) == 0) return result;
        var message = Marshal.PtrToStringUTF8(ErrorText(result.Handle)) ?? "unknown error";
        result.Dispose();
        throw new PessimistException(message);
    }

    public void Dispose()
    {
        Disconnect(ref _connection);
        Close(ref _database);
    }

    /// <summary>PESSIMIST_DUCKDB (the file or its folder), else artifacts/duckdb in this program's folder or one above it.</summary>
    static nint Find()
    {
        const string File = "libduckdb.so";
        List<string> places = [];
        if (Environment.GetEnvironmentVariable("PESSIMIST_DUCKDB") is { Length: > 0 } given) places.AddRange([given, Path.Combine(given, File)]);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            places.AddRange([Path.Combine(folder.FullName, "artifacts", "duckdb", File), Path.Combine(folder.FullName, "duckdb", File)]);
        foreach (var place in places)
            if (System.IO.File.Exists(place) && NativeLibrary.TryLoad(place, out var library)) return library;
        return 0;
    }

    /// <summary>A result, read chunk by chunk.</summary>
    public sealed class Result : IDisposable
    {
        public Result() => Handle = (Raw*)NativeMemory.AllocZeroed((nuint)sizeof(Raw));

        internal Raw* Handle { get; private set; }

        public int ColumnCount => (int)DuckDb.ColumnCount(Handle);

        public string Name(int column) => Marshal.PtrToStringUTF8(ColumnName(Handle, (ulong)column)) ?? "";

        /// <summary>The next rows, or null at the end.</summary>
        public Chunk? Next() => FetchChunk(*Handle) is var chunk && chunk != 0 ? new Chunk(chunk) : null;

        public void Dispose()
        {
            if (Handle is null) return;
            DestroyResult(Handle);
            NativeMemory.Free(Handle);
            Handle = null;
        }
    }

    /// <summary>Some rows, column by column; columns are DOUBLE or VARCHAR, as the query casts them.</summary>
    public sealed class Chunk(nint handle) : IDisposable
    {
        nint _handle = handle;

        public int Count => (int)ChunkSize(_handle);

        public void Numbers(int column, Action<double> put)
        {
            var vector = Vector(_handle, (ulong)column);
            var data = (double*)VectorData(vector);
            var validity = Validity(vector);
            for (var i = 0; i < Count; i++) put(IsValid(validity, i) ? data[i] : double.NaN);
        }

        public void Texts(int column, Action<string?> put)
        {
            var vector = Vector(_handle, (ulong)column);
            var data = (byte*)VectorData(vector);
            var validity = Validity(vector);
            for (var i = 0; i < Count; i++)
            {
                if (!IsValid(validity, i))
                {
                    put(null);
                    continue;
                }

                // duckdb_string_t: up to 12 bytes stand in place, more behind a pointer.
                var at = data + 16L * i;
                var length = *(int*)at;
                put(System.Text.Encoding.UTF8.GetString(length <= 12 ? at + 4 : *(byte**)(at + 8), length));
            }
        }

        public void Dispose() => DestroyChunk(ref _handle);

        static bool IsValid(ulong* validity, int row) => validity is null || (validity[row / 64] >> (row % 64) & 1) != 0;
    }

    /// <summary>duckdb_result of duckdb.h: all but the last field are deprecated.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Raw
    {
        public ulong Columns;
        public ulong Rows;
        public ulong RowsChanged;
        public nint ColumnData;
        public nint Error;
        public nint Internal;
    }

    [LibraryImport(Library, EntryPoint = "duckdb_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string? path, out nint database);

    [LibraryImport(Library, EntryPoint = "duckdb_connect")]
    internal static partial int Connect(nint database, out nint connection);

    [LibraryImport(Library, EntryPoint = "duckdb_disconnect")]
    internal static partial void Disconnect(ref nint connection);

    [LibraryImport(Library, EntryPoint = "duckdb_close")]
    internal static partial void Close(ref nint database);

    [LibraryImport(Library, EntryPoint = "duckdb_query", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Query(nint connection, string sql, Raw* result);

    [LibraryImport(Library, EntryPoint = "duckdb_result_error")]
    internal static partial nint ErrorText(Raw* result);

    [LibraryImport(Library, EntryPoint = "duckdb_destroy_result")]
    internal static partial void DestroyResult(Raw* result);

    [LibraryImport(Library, EntryPoint = "duckdb_column_count")]
    internal static partial ulong ColumnCount(Raw* result);

    [LibraryImport(Library, EntryPoint = "duckdb_column_name")]
    internal static partial nint ColumnName(Raw* result, ulong column);

    [LibraryImport(Library, EntryPoint = "duckdb_fetch_chunk")]
    internal static partial nint FetchChunk(Raw result);

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_get_size")]
    internal static partial ulong ChunkSize(nint chunk);

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_get_vector")]
    internal static partial nint Vector(nint chunk, ulong column);

    [LibraryImport(Library, EntryPoint = "duckdb_vector_get_data")]
    internal static partial void* VectorData(nint vector);

    [LibraryImport(Library, EntryPoint = "duckdb_vector_get_validity")]
    internal static partial ulong* Validity(nint vector);

    [LibraryImport(Library, EntryPoint = "duckdb_destroy_data_chunk")]
    internal static partial void DestroyChunk(ref nint chunk);
}
