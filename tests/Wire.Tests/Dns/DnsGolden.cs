using NTMobile.Wire.Dns;

namespace NTMobile.Wire.Tests.Dns;

/// <summary>DNS messages as bytes, each made by hand; the first one has the shape of what dig sends.</summary>
internal static class DnsGolden
{
    /// <summary>Question for the IPv4 address of nas.Home.example with mixed case, EDNS and a cookie (RFC 7873).</summary>
    public const string Question = """
        BEEF 0120 0001 0000 0000 0001
        03 6E4153 04 486F6D65 07 6578616D706C65 00 0001 0001
        00 0029 04D0 00 00 0000 000C 000A 0008 0102030405060708
        """;

    public const string Address = """
        BEEF 8500 0001 0001 0000 0001
        03 6E4153 04 486F6D65 07 6578616D706C65 00 0001 0001
        C00C 0001 0001 00000005 0004 C6120001
        00 0029 04D0 00 00 0000 0000
        """;


    /// <summary>No such name, with the zone's SOA and extended error 18 "no".</summary>
    public const string Refusal = """
        BEEF 8503 0001 0000 0001 0001
        03 6E4153 04 486F6D65 07 6578616D706C65 00 0001 0001
        C015 0006 0001 0000003C 0020  02 6473 C015  04 726F6F74 C015
             00000001 00000002 00000003 00000004 00000005
        00 0029 04D0 00 00 0000 0008 000F 0004 0012 6E6F
        """;

    /// <summary>A node's record and its server's address.</summary>
    public const string Node = """
        0001 8400 0001 0001 0000 0001
        04 686F6D65 07 6578616D706C65 00 FF00 0001
        C00C FF00 0001 0000012C 002D 01 000102030405060708090A0B0C0D0E0F 101112131415161718191A1B1C1D1E1F
             02 6473 07 6578616D706C65 00
        02 6473 C011 0001 0001 0000012C 0004 C0000201
        """;

    public static byte[] Digest { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static DnsMessage Read(string hex)
    {
        Assert.True(DnsMessage.TryRead(Hex.Parse(hex), out var message));
        return message;
    }

    public static byte[] Write(DnsMessage message, int limit = 65535)
    {
        var buffer = new byte[limit];
        return buffer[..message.Write(buffer)];
    }
}
