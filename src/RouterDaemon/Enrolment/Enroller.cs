using NTMobile.RouterDaemon.Keys;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterDaemon.Enrolment;

/// <summary>Makes this router a node of a provider, and keeps its certificate good.</summary>
/// <param name="keys">Where keys and certificate are.</param>
/// <param name="time">The clock.</param>
/// <param name="connect">Opens connections to the key server; null: the usual way.</param>
internal sealed class Enroller(IdentityStore keys, TimeProvider time, ConnectHook? connect = null)
{
    // A third of what a KMS gives by default.
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    /// <summary>Gives a token for a certificate. Durable when it returns.</summary>
    /// <param name="text">The token as it was typed; line breaks and blanks do not matter.</param>
    /// <param name="cancel">Gives up; the token can be tried again.</param>
    /// <exception cref="KeyServerException">It was refused, or nobody answered.</exception>
    /// <exception cref="FormatException">It is no token.</exception>
    public async Task EnrolAsync(string text, CancellationToken cancel)
    {
        var word = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        if (!EnrolmentToken.TryParse(word, out var token, out var problem))
        {
            throw new FormatException(problem switch
            {
                EnrolmentTokenProblem.NotAToken => "That is no enrolment token: a token starts with ntm1.",
                EnrolmentTokenProblem.LaterVersion => "The token is for a later version of ntm-router: update it first.",
                _ => "The token is incomplete or mistyped: copy the whole word once more.",
            });
        }

        var answer = await ProviderEnrolment.EnrolAsync(token, keys.Identity, CertificateRole.Node, connect, cancel).ConfigureAwait(false);
        keys.SaveProvider(ProviderRecord.Of(token.NodeName, answer));
    }

    /// <summary>Renews the certificate when a month or less is left.</summary>
    /// <returns>True when there is a new one.</returns>
    /// <exception cref="KeyServerException">It was refused, or nobody answered.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancel)
    {
        if (keys.Provider is not { } provider
            || ProviderEnrolment.Read(provider.Certificate, provider.ProviderKey) is not { } certificate
            || certificate.NotAfter - time.GetUtcNow() > RenewalTime)
        {
            return false;
        }

        using var client = new KeyServerClient(provider.KeyServer, connect);
        var answer = await ProviderEnrolment.RenewAsync(client, provider.Certificate, provider.ProviderKey, keys.Identity, cancel).ConfigureAwait(false);
        keys.SaveProvider(ProviderRecord.Of(provider.NodeName, answer));
        return true;
    }
}
