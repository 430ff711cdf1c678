namespace Pessimist.Checks.Settings;

/// <summary>The level from which on findings make the tool exit with 1.</summary>
public enum FailOn { Never, Note, Warning, Error }
