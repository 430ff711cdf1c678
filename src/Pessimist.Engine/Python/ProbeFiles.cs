namespace Pessimist.Engine.Python;

/// <summary>Where the Python probe lies: beside the tool.</summary>
public static class ProbeFiles
{
    /// <summary>The folder that goes first on <c>PYTHONPATH</c>.</summary>
    /// <exception cref="PessimistException">The installation is not whole.</exception>
    public static string Inject()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "python", "inject");
        return File.Exists(Path.Combine(folder, "sitecustomize.py"))
            ? folder
            : throw new PessimistException($"the Python probe is missing: there is no {folder}", "install pessimist again");
    }
}
