using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Identity;
using NTMobile.Security.Noise;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>What both roles of a handshake between nodes share (docs/protocol.md §1.2).</summary>
internal static class PeerHandshake
{
    /// <summary>How many path ids each end gives the other: one for each place it may send from.</summary>
    public const int PathIds = 8;

    /// <summary>Bytes of frames that fit beside Hello and Member into one handshake datagram are few; more contexts are asked for later.</summary>
    public const int MaximumPayload = HandshakeDatagram.MaxSentMessageSize - NoiseHandshake.Message1Overhead;

    /// <summary>Binds the handshake to the attempt, to both names, to the group and to all that both ends offered.</summary>
    public static byte[] Prologue(Meeting meeting, string own, bool weInitiate)
    {
        var group = meeting.Group;
        var peer = meeting.Route.Peer;
        var (initiator, responder) = weInitiate ? (own, peer) : (peer, own);
        var (firstTag, secondTag) = weInitiate ? (group.OwnTag, group.PeerTag) : (group.PeerTag, group.OwnTag);
        var (first, second) = weInitiate ? (meeting.OwnBundle, meeting.Route.Bundle) : (meeting.Route.Bundle, meeting.OwnBundle);
        return
        [
            .. "NTM1 node"u8,
            .. Number(meeting.Route.RendezvousId),
            (byte)initiator.Length, .. Encoding.ASCII.GetBytes(initiator),
            (byte)responder.Length, .. Encoding.ASCII.GetBytes(responder),
            .. Number(firstTag),
            .. Number(secondTag),
            .. SHA256.HashData(first),
            .. SHA256.HashData(second),
        ];
    }

    /// <summary>Reads Hello and Member, which come first; the frames behind them are left to the caller.</summary>
    /// <param name="payload">The Noise payload.</param>
    /// <param name="meeting">What was announced of the peer.</param>
    /// <param name="staticKey">The static key that the handshake proved.</param>
    /// <param name="now">Wall clock, for the certificate's expiry.</param>
    /// <param name="hello">The peer's offer.</param>
    /// <param name="rest">Frames behind.</param>
    /// <returns>False: malformed, or the certificate is not that of this peer in this group.</returns>
    public static bool TryReadPayload(
        ReadOnlySpan<byte> payload, Meeting meeting, ReadOnlySpan<byte> staticKey, DateTimeOffset now, out Hello? hello, out ReadOnlySpan<byte> rest)
    {
        hello = null;
        rest = default;
        var reader = new FrameReader(payload);
        if (!reader.TryRead(out var type, out var body) || type != FrameType.Hello || !Hello.TryRead(body, out hello)
            || !reader.TryRead(out type, out body) || type != FrameType.Member || !Member.TryRead(body, out var member)
            || MemberVerifier.Check(meeting.Group.Group, member.Bytes, meeting.Route.Bundle, meeting.Route.Peer, staticKey, now) != MemberRefusal.None)
        {
            return false;
        }

        rest = payload[(FrameWriter.SizeOf(in hello) + FrameWriter.SizeOf(in member))..];
        return true;
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>The one suite to use: the responder chooses among both offers.</summary>
    public static bool TryChoose(Wire.Frames.CipherSuites offered, out CipherSuite suite) =>
        Security.Session.CipherSuites.TryChoose((byte)offered, Security.Session.CipherSuites.Offer, out suite);

    /// <summary>Our suites, as a Hello offers them.</summary>
    public static Wire.Frames.CipherSuites Offer => (Wire.Frames.CipherSuites)Security.Session.CipherSuites.Offer;
}
