using System.Globalization;

namespace Pessimist.Data;

/// <summary>Reads dates as people write them in tables: ISO 8601 and its shortenings, and unambiguous forms with slashes.</summary>
static class Dates
{
    static readonly string[] _formats =
    [
        "yyyy-MM-dd", "yyyy-MM", "yyyy-M-d", "yyyy/MM/dd", "yyyy/M/d", "yyyyMMdd'T'HHmmss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "dd.MM.yyyy", "d.M.yyyy", "d MMM yyyy", "MMM d, yyyy",
        "MM/dd/yyyy", "M/d/yyyy", "dd/MM/yyyy", "MM/dd/yyyy HH:mm", "M/d/yyyy H:mm",
    ];

    /// <summary>The date as days since 1970, the fraction being the time of day.</summary>
    public static bool TryParse(string text, out double days)
    {
        if (text.Length is >= 6 and <= 40 && char.IsAsciiLetterOrDigit(text[0])
            && DateTime.TryParseExact(text, _formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date))
        {
            days = (date - DateTime.UnixEpoch).TotalDays;
            return true;
        }

        days = double.NaN;
        return false;
    }
}
