namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>A folder that goes with its test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ntm-router-").FullName;

    /// <summary>The path of a file in it.</summary>
    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Changes one byte in the middle of a file and returns what is there then.</summary>
    public byte[] Damage(params string[] parts)
    {
        var bytes = File.ReadAllBytes(this[parts]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(this[parts], bytes); // keeps the mode
        return bytes;
    }
}
