using System.Globalization;
using System.Text;

namespace NTMobile.Wire.Dns;

/// <summary>
/// DNS names as text: labels between dots, no dot at the end, the root is the empty text. A byte that is not printable ASCII, and a dot or
/// backslash inside a label, is written as <c>\DDD</c> (RFC 1035 §5.1), so that a dot in the text always parts two labels.
/// </summary>
internal static class DnsName
{
    /// <summary>Longest name in wire form, the root's zero byte included (RFC 1035 §2.3.4).</summary>
    public const int MaxWireLength = 255;

    private const int EscapeLength = 4;

    /// <summary>Appends one label's bytes as text.</summary>
    public static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (var value in label)
        {
            if (value is > 0x20 and < 0x7F and not (byte)'.' and not (byte)'\\')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{value:D3}");
            }
        }
    }

    /// <summary>Writes a name in wire form, not compressed.</summary>
    /// <param name="text">The name.</param>
    /// <param name="wire">At least <see cref="MaxWireLength"/> bytes.</param>
    /// <returns>Its length with the root's zero byte.</returns>
    /// <exception cref="ArgumentException">The text is no name.</exception>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> wire)
    {
        var at = 0;
        if (!text.IsEmpty)
        {
            foreach (var part in text.Split('.'))
            {
                at += EncodeLabel(text[part], wire[at..^1]);
            }
        }

        wire[at] = 0;
        return at + 1;
    }

    private static int EncodeLabel(ReadOnlySpan<char> text, Span<byte> wire)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            var escaped = text[0] == '\\';
            byte value = 0;
            var good = escaped
                ? text.Length >= EscapeLength && byte.TryParse(text[1..EscapeLength], NumberStyles.None, CultureInfo.InvariantCulture, out value)
                : char.IsAscii(text[0]);
            if (!good || length == HostName.MaxLabelLength || length + 1 >= wire.Length)
            {
                throw new ArgumentException("A label is too long or has a character that needs an escape.", nameof(text));
            }

            wire[++length] = escaped ? value : (byte)text[0];
            text = text[(escaped ? EscapeLength : 1)..];
        }

        if (length == 0)
        {
            throw new ArgumentException("A label is empty.", nameof(text));
        }

        wire[0] = (byte)length;
        return length + 1;
    }
}
