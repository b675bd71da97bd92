using System.Text.Json;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Composition;

/// <summary>Certificates by a KMS elsewhere, which the role was enrolled with by <c>ntm-server enrol</c>. Its answer is kept in a file.</summary>
internal sealed class EnrolledProvider : ICertifier
{
    private const string Kind = "SENR";
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30); // a third of a certificate's life

    private readonly string _path;
    private readonly NodeIdentity _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private EnrolAnswer _answer;

    private EnrolledProvider(string path, EnrolAnswer answer, NodeIdentity keys, TimeProvider time, ILogger logger)
    {
        _path = path;
        _answer = answer;
        _keys = keys;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public byte[] ProviderKey => _answer.ProviderKey;

    /// <summary>Reads what the enrolment brought.</summary>
    /// <exception cref="StartException">The role is not enrolled, or with other keys.</exception>
    /// <exception cref="KeyFileException">The file cannot be used.</exception>
    public static EnrolledProvider Open(string path, ServerRole role, NodeIdentity keys, TimeProvider time, ILogger logger)
    {
        if (!File.Exists(path))
        {
            throw new StartException(
                $"the role {role.Id} has no certificate yet. Make a token with 'ntm-server token --name {role.Name} --role {role.Id}' on the server with the role kms, and run 'ntm-server enrol TOKEN' here.");
        }

        EnrolAnswer? answer = Parse(KeyFile.Read(path, Kind));
        return answer is not null
            && ProviderEnrolment.Read(answer.Certificate, answer.ProviderKey) is { } certificate
            && certificate.Role == role.Certified
            && certificate.Name == role.Name
            && certificate.StaticKey.AsSpan().SequenceEqual(keys.Static.PublicKey)
            ? new EnrolledProvider(path, answer, keys, time, logger)
            : throw new StartException($"{path} holds no certificate of {role.Name} for the role {role.Id}. Enrol again with a new token.");
    }

    /// <summary>Keeps what an enrolment brought; durable when it returns.</summary>
    public static void Save(string path, EnrolAnswer answer) =>
        KeyFile.Write(path, Kind, JsonSerializer.SerializeToUtf8Bytes(answer, KeyServerJson.Default.EnrolAnswer));

    /// <inheritdoc/>
    public async Task<byte[]> CertificateAsync(CancellationToken stop)
    {
        if (ProviderEnrolment.Read(_answer.Certificate, _answer.ProviderKey)!.NotAfter - _time.GetUtcNow() > RenewBefore)
        {
            return _answer.Certificate;
        }

        try
        {
            using var client = new KeyServerClient(_answer.KeyServer);
            _answer = await ProviderEnrolment.RenewAsync(client, _answer.Certificate, _answer.ProviderKey, _keys, stop).ConfigureAwait(false);
            Save(_path, _answer);
        }
        catch (KeyServerException failed)
        {
            ServerLog.RenewalFailed(_logger, failed.Message);
        }

        return _answer.Certificate;
    }

    private static EnrolAnswer? Parse(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, KeyServerJson.Default.EnrolAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
