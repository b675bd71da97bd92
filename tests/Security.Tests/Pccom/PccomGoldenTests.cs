using NTMobile.Packets;
using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>Packets that a second, independent program (Python, with its own HCTR2 and POLYVAL) made of the same secret: what two versions of
/// the product must agree on.</summary>
public sealed class PccomGoldenTests
{
    private const uint Source = 0xC000_0201;
    private const uint Destination = 0xC633_6407;
    private const uint Flow = 0xA1B2_C3D4;

    [Theory]
    [InlineData(IpProtocol.Tcp, "9c4001bb010203040506070880182000dde000000101080a111213142122232401080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3dae1e8eff6fd", "9c4001bb010203040506070880182000513500000101080a1112131421222324cb71fb01b1d7a6706672465139776e0c35e521098d64d243fa907caa059bc1101a71ea9339")]
    [InlineData(IpProtocol.Udp, "9c400035002d00eb01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3dae1e8eff6fd", "9c400035002d66c504ba93f3067a39301e339ba73b8111b3265a0dce8ffabc7daad7d44f5360ca6552f0866bd8")]
    public void The_bytes_are_these(byte protocol, string plain, string sent)
    {
        byte[] secret = [.. Enumerable.Range(0, PccomSession.SecretSize).Select(i => (byte)i)];
        using PccomSession initiator = new(secret, initiator: true), responder = new(secret, initiator: false);
        var transport = Convert.FromHexString(plain);
        var pseudo = Checksum.PseudoHeader(Source, Destination, protocol, transport.Length);
        Assert.True(initiator.Sending.TryProtect(transport, protocol, pseudo, Flow, partialChecksum: false, out _));
        Assert.Equal(sent, Convert.ToHexStringLower(transport));
        Assert.True(responder.Receiving.TryOpen(transport, protocol, pseudo, Flow, out _));
        Assert.Equal(plain, Convert.ToHexStringLower(transport));
    }
}
