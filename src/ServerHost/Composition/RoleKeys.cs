using System.Security.Cryptography;
using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Storage;

namespace NTMobile.ServerHost.Composition;

/// <summary>The keys of one role in their file. Nodes and other servers know them: they are made once and never anew by themselves.</summary>
internal static class RoleKeys
{
    private const string Kind = "SRVR";

    /// <summary>Reads the keys, or makes them at the first start.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">A certificate was issued for them before: a missing file is then an error and not a first start.</param>
    /// <param name="random">Makes the keys.</param>
    /// <exception cref="KeyFileException">The keys cannot be used; says what to do.</exception>
    public static NodeIdentity OpenOrCreate(string path, bool expected, IRandom random)
    {
        if (!File.Exists(path))
        {
            return expected
                ? throw new KeyFileException(
                    KeyFileFault.Missing, path, $"{path} does not exist, but nodes know the server by it. Put a backup of it back; without it all nodes must be enrolled again.")
                : Create(path, random);
        }

        byte[] content = KeyFile.Read(path, Kind);
        KeyFileProblem problem = NodeIdentity.Import(content, out NodeIdentity? keys);
        CryptographicOperations.ZeroMemory(content);
        return keys ?? throw new KeyFileException(
            KeyFileFault.Damaged, path, $"{path} holds no keys of a server ({problem}). Put a backup of it back; it was left as it is.");
    }

    private static NodeIdentity Create(string path, IRandom random)
    {
        NodeIdentity keys = NodeIdentity.Create(random);
        byte[] content = keys.Export();
        KeyFile.Create(path, Kind, content);
        CryptographicOperations.ZeroMemory(content);
        return keys;
    }
}
