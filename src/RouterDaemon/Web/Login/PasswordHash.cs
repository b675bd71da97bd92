using System.Globalization;
using System.Security.Cryptography;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>
/// PBKDF2 with HMAC-SHA-256 (RFC 8018), written as <c>pbkdf2-sha256$iterations$salt$hash</c> (base64). A line that cannot be read verifies
/// nothing: a damaged store never opens the page.
/// </summary>
internal static class PasswordHash
{
    public const int MinLength = 10;
    public const int MaxLength = 256;
    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 600_000; // OWASP 2023 for PBKDF2-HMAC-SHA256.
    private const int MaxIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    public static string Make(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        return $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    public static bool Verify(string password, string line)
    {
        var salt = new byte[64];
        var hash = new byte[64];
        var parts = line.Split('$');
        if (parts is not [Scheme, var count, var saltText, var hashText]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < 1 or > MaxIterations
            || !Convert.TryFromBase64String(saltText, salt, out var saltLength)
            || !Convert.TryFromBase64String(hashText, hash, out var hashLength)
            || hashLength < 16)
        {
            return false;
        }

        var found = Rfc2898DeriveBytes.Pbkdf2(password, salt.AsSpan(0, saltLength), iterations, HashAlgorithmName.SHA256, hashLength);
        return CryptographicOperations.FixedTimeEquals(found, hash.AsSpan(0, hashLength));
    }
}
