using System.Text;

namespace NTMobile.Wire.Dns;

/// <summary>Why there is no answer (RFC 8914 §4); those which are used here.</summary>
public enum DnsExtendedErrorCode : ushort
{
    /// <summary>None of the others; see the text.</summary>
    Other = 0,

    /// <summary>The asker may not have it.</summary>
    Prohibited = 18,

    /// <summary>Who could answer cannot be reached.</summary>
    NoReachableAuthority = 22,
}

/// <summary>An extended DNS error (RFC 8914 §2): an EDNS option of code (2) and text to the end.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Text">For people; what is beyond <see cref="MaxTextBytes"/> is not sent.</param>
public sealed record DnsExtendedError(DnsExtendedErrorCode Code, string Text)
{
    /// <summary>Longest text in UTF-8: header, longest question and this option fit into 512 bytes.</summary>
    public const int MaxTextBytes = 200;

    internal const ushort OptionCode = 15;

    internal byte[] Encode()
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        System.Text.Unicode.Utf8.FromUtf16(Text, text, out _, out var written);
        return [(byte)((ushort)Code >> 8), (byte)Code, .. text[..written]];
    }

    // Some senders end the text with a zero byte; RFC 8914 §2 wants readers to bear it.
    internal static DnsExtendedError? Decode(ReadOnlySpan<byte> option) =>
        option is [var high, var low, .. var text]
            ? new((DnsExtendedErrorCode)((high << 8) | low), Encoding.UTF8.GetString(text.TrimEnd((byte)0)))
            : null;
}
