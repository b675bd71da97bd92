using NTMobile.Packets;
using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>The keys of an agreement to translate: both ends have the same, and every input counts.</summary>
public sealed class TranslationKeysTests
{
    private static readonly byte[] One = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] Other = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
    private static readonly byte[] Covered = [.. Enumerable.Range(7, 17).Select(i => (byte)i)];

    [Fact]
    public void What_one_end_tags_the_other_finds_right_and_nothing_else()
    {
        using var initiator = new TranslationKeys(One, Other, initiator: true, enciphers: true);
        using var responder = new TranslationKeys(Other, One, initiator: false, enciphers: true);
        var tag = new byte[16];
        initiator.WriteTag(IpProtocol.Udp, 5, Covered, tag);

        Assert.True(responder.IsTagRight(IpProtocol.Udp, 5, Covered, tag));
        Assert.False(initiator.IsTagRight(IpProtocol.Udp, 5, Covered, tag)); // its own, sent back
        Assert.False(responder.IsTagRight(IpProtocol.Tcp, 5, Covered, tag));
        Assert.False(responder.IsTagRight(IpProtocol.Udp, 7, Covered, tag));
        for (var i = 0; i < Covered.Length * 8; i++)
        {
            byte[] changed = [.. Covered];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.False(responder.IsTagRight(IpProtocol.Udp, 5, changed, tag));
        }

        Assert.Equal(initiator.Marker(IpProtocol.Udp, 5, own: true), responder.Marker(IpProtocol.Udp, 5, own: false));
        Assert.NotEqual(initiator.Marker(IpProtocol.Udp, 5, own: true), initiator.Marker(IpProtocol.Udp, 5, own: false));
    }

    [Fact]
    public void Other_shares_are_other_keys()
    {
        using var initiator = new TranslationKeys(One, Other, initiator: true, enciphers: true);
        using var stranger = new TranslationKeys(Other, Other, initiator: false, enciphers: true);
        var tag = new byte[16];
        initiator.WriteTag(IpProtocol.Udp, 5, Covered, tag);
        Assert.False(stranger.IsTagRight(IpProtocol.Udp, 5, Covered, tag));
    }

    [Fact]
    public void Packets_are_protected_only_where_both_ends_encipher()
    {
        using var initiator = new TranslationKeys(One, Other, initiator: true, enciphers: true);
        using var responder = new TranslationKeys(Other, One, initiator: false, enciphers: true);
        using var plain = new TranslationKeys(One, Other, initiator: true, enciphers: false);
        Assert.Null(plain.Pccom);
        var datagram = new byte[100];
        datagram[5] = 100; // its length
        byte[] sent = [.. datagram];
        Assert.True(initiator.Pccom!.Sending.TryProtect(sent, IpProtocol.Udp, 17, 9, partialChecksum: true, out _));
        Assert.NotEqual(datagram[8..], sent[8..]);
        Assert.True(responder.Pccom!.Receiving.TryOpen(sent, IpProtocol.Udp, 17, 9, out _));
        Assert.Equal(datagram[8..], sent[8..]);
    }
}
