using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

public class RelayForwardingTests : RelayScene
{
    [Fact]
    public void Joined_legs_exchange_datagrams_with_the_path_swapped_and_the_epoch_kept()
    {
        (TestNode a, TestNode b) = Joined();
        byte[] sent = Data(SendA.WithEpoch(3), 100);

        Relay(a, sent);

        byte[] received = Assert.Single(b.Others);
        Assert.Equal(ReceiveB.WithEpoch(3), PathId.Read(received.AsSpan(1)));
        Assert.Equal(sent[4..], received[4..]);
        Assert.Equal(sent[0], received[0]);
        Relay(b, Data(SendB, 50));
        Assert.Equal(ReceiveA, PathId.Read(Assert.Single(a.Others).AsSpan(1)));
        Assert.Equal((2, 150), (World.Rs.Forwarded.PayloadPackets, World.Rs.Forwarded.PayloadBytes));
        SlotStatus slot = Assert.Single(World.Rs.Slots());
        Assert.Equal(("a.ntm.test", "b.ntm.test", 2L, 150L), (slot.Node0, slot.Node1, slot.Packets, slot.Bytes));
    }

    [Fact]
    public void Only_the_legs_validated_source_is_forwarded()
    {
        (TestNode a, TestNode b) = Joined();

        World.Network.Send(Endpoint.Parse("198.51.100.66:6"), World.RsAt, Data(SendA, 100));
        World.Network.Send(b.At, World.RsAt, Data(SendA, 100));
        World.Network.Deliver();

        Assert.Empty(b.Others);
        Assert.Empty(a.Others);
        Assert.Equal(2, World.Rs.Drops[RelayDrop.WrongSource]);
    }

    [Fact]
    public void A_node_that_moves_takes_its_legs_along_once_the_challenge_is_answered()
    {
        (TestNode a, TestNode b) = Joined();
        a.AnswersChallenges = false;
        a.MoveTo(Endpoint.Parse("198.51.100.66:6"));
        a.Send(new Ping(2));

        Relay(a, Data(SendA, 100));
        Assert.Empty(b.Others);
        a.AnswersChallenges = true;
        World.PassSeconds(0.2);
        a.Send(new Ping(3));
        Relay(a, Data(SendA, 100));
        Relay(b, Data(SendB, 100));

        Assert.Single(b.Others);
        Assert.Single(a.Others);
    }

    [Fact]
    public void A_handshake_sent_before_the_partner_joined_is_delivered_when_it_joins()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        TestNode b = World.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);
        byte[] init = Handshake(DatagramType.HandshakeInit, SendA, 200);
        Relay(a, Handshake(DatagramType.HandshakeInit, SendA, 150));
        Relay(a, init);
        Assert.Equal(2, World.Rs.Drops[RelayDrop.NoPartner]);

        Join(b, 1, SendB, ReceiveB);

        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        byte[] received = Assert.Single(b.Others);
        Assert.Equal(ReceiveB, PathId.Read(received.AsSpan(1)));
        Assert.Equal(init[4..], received[4..]);
        int answer = World.Network.Sent.FindIndex(datagram => datagram.To == b.At && datagram.Bytes.AsSpan().SequenceEqual(received));
        Assert.Equal((byte)DatagramType.Control, World.Network.Sent[answer - 1].Bytes[0]); // RelayJoined first
    }

    [Fact]
    public void The_last_locator_is_delivered_again_to_a_partner_that_moved()
    {
        (TestNode a, TestNode b) = Joined();
        byte[] locator = Data(SendA, 80, DatagramType.Locator);
        Relay(a, locator);
        Assert.Single(b.Others);

        b.MoveTo(Endpoint.Parse("198.51.100.66:6"));
        b.Send(new Ping(2));

        Assert.Equal(2, b.Others.Count);
        Assert.Equal(locator[4..], b.Others[1][4..]);
        Assert.Equal(0, World.Rs.Forwarded.PayloadBytes);
        Assert.Equal(2, World.Rs.Forwarded.Packets(DatagramType.Locator));
    }

    [Fact]
    public void Both_nodes_move_at_once_and_meet_through_the_slot()
    {
        (TestNode a, TestNode b) = Joined();
        a.MoveTo(Endpoint.Parse("198.51.100.66:6"));
        b.MoveTo(Endpoint.Parse("198.51.100.67:6"));
        a.Send(new Ping(2));
        Relay(a, Data(SendA, 80, DatagramType.Locator)); // b is not there any more
        Assert.Empty(b.Others);

        b.Send(new Ping(2));

        Assert.Single(b.Others);
    }

    [Fact]
    public void What_two_nodes_do_not_send_one_another_is_not_forwarded()
    {
        (TestNode a, TestNode b) = Joined();

        Relay(a, Data(SendA, 23)); // shorter than header and tag
        Relay(a, Handshake(DatagramType.Punch, SendA, 12));
        Relay(a, [0x2F, .. Data(SendA, 40)[1..]]);

        Assert.Empty(b.Others);
        Assert.Equal(2, World.Rs.Drops[RelayDrop.NotRelayed]);
        Assert.Equal(1, World.Rs.Sessions.Drops[SessionDrop.NotForServers]);
    }
}
