namespace Pessimist.Checks.Settings;

/// <summary>Why a check does not take part.</summary>
/// <param name="Runs">True when the check is judged all the same and only its finding is put aside: it was ignored. False when it was not selected.</param>
public sealed record Exclusion(bool Runs, string Why);

/// <summary>Checks whose findings about some files are put aside.</summary>
/// <param name="Glob">Path from the project's folder with <c>*</c> for any text and <c>?</c> for one character.</param>
public sealed record FileIgnore(string Glob, IReadOnlyList<Selector> Ignore);

/// <summary>A limit that is not the default.</summary>
/// <param name="Check">Name of the check.</param>
/// <param name="Limit">Name of the limit.</param>
public sealed record ChangedLimit(string Check, string Limit, double Value, double Default);
