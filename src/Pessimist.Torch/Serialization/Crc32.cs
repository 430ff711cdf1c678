namespace Pessimist.Torch.Serialization;

/// <summary>The checksum of zip archives (ISO 3309), eight bytes at a time.</summary>
static class Crc32
{
    const uint Polynomial = 0xEDB88320;
    const int Lanes = 8;

    static readonly uint[][] Tables = Make();

    /// <summary>Goes on from the checksum of what came before; 0 at the start.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            crc ^= bytes[0] | (uint)bytes[1] << 8 | (uint)bytes[2] << 16 | (uint)bytes[3] << 24;
            crc = Tables[7][crc & 255] ^ Tables[6][crc >> 8 & 255] ^ Tables[5][crc >> 16 & 255] ^ Tables[4][crc >> 24]
                ^ Tables[3][bytes[4]] ^ Tables[2][bytes[5]] ^ Tables[1][bytes[6]] ^ Tables[0][bytes[7]];
        }
        foreach (var b in bytes) crc = crc >> 8 ^ Tables[0][(crc ^ b) & 255];
        return ~crc;
    }

    static uint[][] Make()
    {
        var tables = new uint[Lanes][];
        for (var lane = 0; lane < Lanes; lane++)
        {
            tables[lane] = new uint[256];
            for (uint i = 0; i < 256; i++)
            {
                var value = lane == 0 ? i : tables[lane - 1][i];
                if (lane == 0)
                {
                    for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? value >> 1 ^ Polynomial : value >> 1;
                }
                else
                {
                    value = value >> 8 ^ tables[0][value & 255];
                }
                tables[lane][i] = value;
            }
        }
        return tables;
    }
}
