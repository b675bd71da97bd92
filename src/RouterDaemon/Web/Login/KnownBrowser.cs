using System.Security.Cryptography;
using System.Text;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>
/// A cookie that a browser keeps after a log-in. With it, its tries are counted apart from those of its address, so that a guesser who shares or
/// forges the address cannot slow the owner down. It opens nothing. Its key hangs on the password's hash: a new password ends all of them.
/// </summary>
internal static class KnownBrowser
{
    public static string Make(string passwordLine)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return $"{id}.{Sign(id, passwordLine)}";
    }

    /// <summary>The browser's id; null when the cookie is not one of ours.</summary>
    public static string? Find(string? cookie, string passwordLine)
    {
        if (cookie?.Split('.') is not [var id, var signature])
        {
            return null;
        }

        var wanted = Encoding.ASCII.GetBytes(Sign(id, passwordLine));
        return CryptographicOperations.FixedTimeEquals(wanted, Encoding.UTF8.GetBytes(signature)) ? id : null;
    }

    private static string Sign(string id, string passwordLine)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(passwordLine), "ntm known browser"u8);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id)));
    }
}
