using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Composition;
using NTMobile.ServerHost.Configuration;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Commands;

/// <summary><c>ntm-server enrol</c>: gets the certificate of a DS or RS whose KMS is elsewhere. The token's name tells which of the roles it is for.</summary>
internal static class EnrolCommand
{
    /// <summary>Enrols.</summary>
    /// <returns>Exit code.</returns>
    /// <exception cref="StartException">The token is not for this server, or was refused.</exception>
    public static async Task<int> RunAsync(ServerConfig config, string text, CancellationToken stop)
    {
        if (config.Plays("kms"))
        {
            throw new StartException("this server has the role kms and certifies its other roles itself");
        }

        if (!EnrolmentToken.TryParse(text, out EnrolmentToken? token, out EnrolmentTokenProblem problem))
        {
            throw new StartException(problem switch
            {
                EnrolmentTokenProblem.Mistyped => "the token is mistyped or not complete; copy it again",
                EnrolmentTokenProblem.LaterVersion => "the token was made by a later version of the program",
                _ => "this is no token; a token begins with ntm1.",
            });
        }

        ServerRole[] roles = [.. new[] { ServerRole.Ds(config), ServerRole.Rs(config) }.Where(role => config.Plays(role.Id))];
        ServerRole role = roles.FirstOrDefault(role => role.Name == token.NodeName) ?? throw new StartException(
            $"the token is for {token.NodeName}; this server is {string.Join(" and ", roles.Select(role => $"{role.Name} ({role.Id})"))}");
        await EnrolAsync(StateDirectory.Open(config.StateDirectory), role, token, stop).ConfigureAwait(false);
        return 0;
    }

    private static async Task EnrolAsync(StateDirectory state, ServerRole role, EnrolmentToken token, CancellationToken stop)
    {
        using NodeIdentity keys = RoleKeys.OpenOrCreate(
            state.File(role.KeyFileName), expected: File.Exists(state.File(role.EnrolmentFileName)), SystemRandom.Instance);
        try
        {
            EnrolAnswer answer = await ProviderEnrolment.EnrolAsync(token, keys, role.Certified, null, stop).ConfigureAwait(false);
            EnrolledProvider.Save(state.File(role.EnrolmentFileName), answer);
            Console.WriteLine($"{role.Name} is enrolled for the role {role.Id}. Its key: {Convert.ToBase64String(keys.Static.PublicKey)}");
        }
        catch (KeyServerException refused)
        {
            throw new StartException(refused.Message, refused);
        }
    }
}
