using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire;

/// <summary>
/// Host names as NTMobile writes them: lower-case ASCII letters, digits, hyphen and underscore, labels of 1–63 bytes which neither
/// begin nor end with a hyphen (RFC 1123 §2.1), at most 253 bytes, no dot at the end.
/// </summary>
public static class HostName
{
    /// <summary>Longest name in bytes (RFC 1035 §2.3.4 less the root and the first length byte).</summary>
    public const int MaxLength = 253;

    /// <summary>Longest label in bytes.</summary>
    public const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Brings a name as a person or a DNS message gives it into its normal form: lower case, without the last dot.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">The name in its normal form.</param>
    /// <returns>False if it is no host name.</returns>
    public static bool TryNormalize([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? name)
    {
        name = text?.ToLowerInvariant();
        if (name is [.., '.'])
        {
            name = name[..^1];
        }

        // ToLowerInvariant turns one character outside ASCII (the Kelvin sign) into a letter: it must not pass for a K.
        if (name is not null && System.Text.Ascii.IsValid(text) && IsNormal(name))
        {
            return true;
        }

        name = null;
        return false;
    }

    /// <summary>Whether a name is a host name in its normal form.</summary>
    public static bool IsNormal(ReadOnlySpan<char> name)
    {
        if (name.Length > MaxLength)
        {
            return false;
        }

        foreach (var label in name.Split('.'))
        {
            if (!IsLabel(name[label]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a name is a zone's own or lies below it; both are in normal form.</summary>
    public static bool IsWithin(ReadOnlySpan<char> name, ReadOnlySpan<char> zone) =>
        name.EndsWith(zone, StringComparison.Ordinal) && (name.Length == zone.Length || name[^(zone.Length + 1)] == '.');

    /// <summary>Whether a text is one label in its normal form.</summary>
    public static bool IsLabel(ReadOnlySpan<char> label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && !label.ContainsAnyExcept(LabelCharacters);
}
