namespace NTMobile.Wire.Tests.Stun;

/// <summary>Messages of RFC 5769 as they are published, and messages of ours, put together by hand from RFC 8489, 5780 and 3489.</summary>
internal static class StunGolden
{
    /// <summary>RFC 5769 §2.1: a request of an ICE agent.</summary>
    public const string Request =
        """
        0001 0058 2112A442 B7E7A701BC34D686FA87DFAE
        8022 0010 5354554E207465737420636C69656E74
        0024 0004 6E0001FF
        8029 0008 932FF9B151263B36
        0006 0009 6576746A3A68367659 202020
        0008 0014 9AEAA70CBFD8CB56781EF2B5B2D3F249C1B571A2
        8028 0004 E57A3BCF
        """;

    /// <summary>RFC 5769 §2.2: an answer about 192.0.2.1:32853.</summary>
    public const string Ipv4Response =
        """
        0101 003C 2112A442 B7E7A701BC34D686FA87DFAE
        8022 000B 7465737420766563746F72 20
        0020 0008 0001 A147 E112A643
        0008 0014 2B91F599FD9E90C38C7489F92AF9BA53F06BE7D7
        8028 0004 C07D4C96
        """;

    /// <summary>RFC 5769 §2.3: an answer about [2001:db8:1234:5678:11:2233:4455:6677]:32853.</summary>
    public const string Ipv6Response =
        """
        0101 0048 2112A442 B7E7A701BC34D686FA87DFAE
        8022 000B 7465737420766563746F72 20
        0020 0014 0002 A147 0113A9FAA5D3F179BC25F4B5BED2B9D9
        0008 0014 A382954E4BE67BF11784C97C8292C275BFE3ED41
        8028 0004 C8FB0B4C
        """;

    /// <summary>RFC 5769 §2.4: a request with long-term credentials, without a FINGERPRINT.</summary>
    public const string CredentialsRequest =
        """
        0001 0060 2112A442 78AD3433C6AD72C029DA412E
        0006 0012 E3839EE38388E383AAE38383E382AFE382B9 0000
        0015 001C 662F2F3439396B39353464364F4C33346F4C39465354767936347341
        0014 000B 6578616D706C652E6F7267 00
        0008 0014 F67024656DD64A3E02B8E0712E85C9A28CA89666
        """;

    /// <summary>Asks for an answer from the other address and port, to port 8080.</summary>
    public const string ChangeRequest = "0001 0010 2112A442 0102030405060708090A0B0C  0003 0004 00000006  0027 0004 1F90 0000";

    /// <summary>The answer of a server with two addresses.</summary>
    public const string DiscoveryResponse =
        """
        0101 0030 2112A442 0102030405060708090A0B0C
        0020 0008 0001 A147 E112A643
        0001 0008 0001 8055 C0000201
        802B 0008 0001 10EA CB00710A
        802C 0008 0001 0D96 CB00710B
        """;

    /// <summary>The answer of a server with one address.</summary>
    public const string PlainResponse = "0101 0018 2112A442 0102030405060708090A0B0C  0020 0008 0001 A147 E112A643  802B 0008 0001 10EA CB00710A";

    /// <summary>The answer to an asker of RFC 3489.</summary>
    public const string ClassicResponse =
        """
        0101 0024 F0F1F2F3 0102030405060708090A0B0C
        0001 0008 0001 8055 C0000201
        0004 0008 0001 10EA CB00710A
        0005 0008 0001 0D96 CB00710B
        """;

    /// <summary>Error 420 for PADDING.</summary>
    public const string Refusal = "0111 0010 2112A442 0102030405060708090A0B0C  0009 0004 0000 04 14  000A 0002 0026 0000";

    /// <summary>Those with a FINGERPRINT.</summary>
    public static TheoryData<string> Sealed => [Request, Ipv4Response, Ipv6Response];

    public static TheoryData<string> All =>
        [Request, Ipv4Response, Ipv6Response, CredentialsRequest, ChangeRequest, DiscoveryResponse, PlainResponse, ClassicResponse, Refusal];
}
