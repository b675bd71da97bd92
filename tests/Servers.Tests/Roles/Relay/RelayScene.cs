using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

/// <summary>A relay, a DS's key there, and two nodes that may join slot 7.</summary>
public abstract class RelayScene
{
    private protected static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private protected static readonly PathId SendA = PathId.Of(0x0A0A0A);
    private protected static readonly PathId ReceiveA = PathId.Of(0x0A0001);
    private protected static readonly PathId SendB = PathId.Of(0x0B0B0B);
    private protected static readonly PathId ReceiveB = PathId.Of(0x0B0001);

    private protected World World { get; set; } = new(rs: new RelayOptions { MaxSlotsPerNode = 3 });

    private protected static byte[] Data(PathId path, int length, DatagramType type = DatagramType.Data)
    {
        byte[] datagram = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        datagram[0] = (byte)type;
        path.Write(datagram.AsSpan(1));
        return datagram;
    }

    private protected static byte[] Handshake(DatagramType type, PathId path, int length) => Data(path, length, type);

    private protected ulong Expiry() => (ulong)(World.Time.Milliseconds() / 1000) + 300;

    private protected SlotPass Pass(byte leg, ulong slot = 7) => SlotPass.Compute(Key, 1, slot, leg, Expiry());

    private protected TestNode NodeWithKey(string name)
    {
        TestNode ds = World.NodeAtRs("ds9.ntm.test", CertificateRole.DirectionServer);
        ds.Send(new RelayKey(1, Key));
        Assert.Equal(1u, ds.Last<RelayKeyAck>().KeyId);
        return World.NodeAtRs(name);
    }

    private protected void Join(TestNode node, byte leg, PathId send, PathId receive, ulong slot = 7)
    {
        node.Send(new RelayJoin(77, Pass(leg, slot), send, receive));
        Assert.Contains(node.Received, frame => frame is RelayJoined { Request: 77 });
    }

    private protected static RelayRefusedReason Refused(TestNode node, SlotPass pass) => Refused(node, pass, PathId.Of(0x777), PathId.Of(0x778));

    private protected static RelayRefusedReason Refused(TestNode node, SlotPass pass, PathId send, PathId receive)
    {
        int before = node.Received.OfType<RelayRefused>().Count();
        node.Send(new RelayJoin(78, pass, send, receive));
        Assert.Equal(before + 1, node.Received.OfType<RelayRefused>().Count());
        return node.Last<RelayRefused>().Reason;
    }

    private protected (TestNode A, TestNode B) Joined()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        TestNode b = World.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);
        Assert.False(a.Last<RelayJoined>().PartnerPresent);
        Join(b, 1, SendB, ReceiveB);
        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        return (a, b);
    }

    private protected void Relay(TestNode from, byte[] datagram)
    {
        World.Network.Send(from.At, World.RsAt, datagram);
        World.Network.Deliver();
    }
}
