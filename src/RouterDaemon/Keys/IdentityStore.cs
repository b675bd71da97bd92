using System.Security.Cryptography;
using System.Text.Json;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon.Keys;

/// <summary>
/// This node's identity, its provider and its groups, in files of mode 0600 below the state directory:
/// <c>identity.key</c>, <c>provider.ntm</c>, <c>groups/ID.group</c>. A provider or group file that cannot be used is named in
/// <see cref="Problems"/> and left as it is; an identity that cannot be used stops the service.
/// </summary>
internal sealed class IdentityStore : IDisposable
{
    private const string IdentityKind = "NODE";
    private const string ProviderKind = "PROV";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory;
    private volatile ProviderRecord? _provider; // written by SaveProvider, read by any thread

    private IdentityStore(string directory, NodeIdentity identity, TimeProvider time)
    {
        _directory = directory;
        Identity = identity;
        _provider = LoadProvider();
        Groups = new GroupStore(Path.Combine(directory, "groups"), identity, time);
        Groups.Load(_provider?.NodeName ?? "");
    }

    /// <summary>This node's keys.</summary>
    public NodeIdentity Identity { get; }

    /// <summary>This node's provider, null before enrolment.</summary>
    public ProviderRecord? Provider => _provider;

    /// <summary>This node's groups.</summary>
    public GroupStore Groups { get; }

    /// <summary>Files that cannot be used, in words for the owner.</summary>
    public IReadOnlyList<string> Problems => ProviderProblem is null ? Groups.Problems : [ProviderProblem, .. Groups.Problems];

    private string ProviderPath => Path.Combine(_directory, "provider.ntm");

    private string? ProviderProblem { get; set; }

    /// <summary>Reads everything; makes the identity at the first start.</summary>
    /// <param name="directory">The state directory; made with mode 0700 when it is missing.</param>
    /// <param name="random">Makes the identity.</param>
    /// <param name="time">Tells which memberships are over.</param>
    /// <exception cref="IdentityException">The identity cannot be used. It is never made anew by itself.</exception>
    public static IdentityStore Open(string directory, IRandom random, TimeProvider time)
    {
        Directory.CreateDirectory(directory, DirectoryMode);
        var path = Path.Combine(directory, "identity.key");
        try
        {
            if (!File.Exists(path))
            {
                RefuseIfUsed(directory, path);
                return new IdentityStore(directory, Create(path, random), time);
            }

            return new IdentityStore(directory, Load(path), time);
        }
        catch (KeyFileException unusable)
        {
            throw new IdentityException(
                $"{unusable.Message} The identity is what makes this router itself to its provider and groups, so it is never made anew by itself. "
                + "To start as a new router, move the whole state directory away and enrol again.",
                unusable);
        }
    }

    /// <summary>Keeps what an enrolment or a renewal brought; durable when it returns.</summary>
    public void SaveProvider(ProviderRecord provider)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(provider, ProviderRecordJson.Default.ProviderRecord);
        KeyFile.Write(ProviderPath, ProviderKind, content);
        _provider = provider;
        ProviderProblem = null;
        Groups.Load(provider.NodeName);
    }

    /// <summary>Erases the keys from memory.</summary>
    public void Dispose() => Identity.Dispose();

    private static void RefuseIfUsed(string directory, string path)
    {
        var groups = Path.Combine(directory, "groups");
        if (File.Exists(Path.Combine(directory, "provider.ntm")) || (Directory.Exists(groups) && Directory.EnumerateFiles(groups).Any()))
        {
            throw new KeyFileException(
                KeyFileFault.Missing, path, $"{path} does not exist, but this router was enrolled or joined groups with it. Put a backup of it back.");
        }
    }

    private static NodeIdentity Create(string path, IRandom random)
    {
        var identity = NodeIdentity.Create(random);
        var content = identity.Export();
        KeyFile.Create(path, IdentityKind, content);
        CryptographicOperations.ZeroMemory(content);
        return identity;
    }

    private static NodeIdentity Load(string path)
    {
        var content = KeyFile.Read(path, IdentityKind);
        var problem = NodeIdentity.Import(content, out var identity);
        CryptographicOperations.ZeroMemory(content);
        return identity ?? throw new KeyFileException(
            KeyFileFault.Damaged, path, $"{path} holds no identity ({problem}). Put a backup of it back; it was left as it is.");
    }

    private ProviderRecord? LoadProvider()
    {
        try
        {
            var content = KeyFile.Read(ProviderPath, ProviderKind);
            var provider = JsonSerializer.Deserialize(content, ProviderRecordJson.Default.ProviderRecord) ?? throw new JsonException("it is empty");
            ProviderProblem = ProviderEnrolment.Read(provider.Certificate, provider.ProviderKey) is { } certificate
                && certificate.IdentityKey.AsSpan().SequenceEqual(Identity.Signing.PublicKey)
                ? null : $"{ProviderPath} belongs to another identity. Enrol again with a new token.";
            return ProviderProblem is null ? provider : null;
        }
        catch (KeyFileException missing) when (missing.Fault == KeyFileFault.Missing)
        {
            return null; // not enrolled yet
        }
        catch (KeyFileException unusable)
        {
            ProviderProblem = $"{unusable.Message} Until then, or until this router is enrolled again, it has no provider.";
            return null;
        }
        catch (JsonException later)
        {
            ProviderProblem = $"{ProviderPath} was written by another version of the program ({later.Message}). Enrol again with a new token.";
            return null;
        }
    }
}
