using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

public class RelayTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly PathId SendA = PathId.Of(0x0A0A0A);
    private static readonly PathId ReceiveA = PathId.Of(0x0A0001);
    private static readonly PathId SendB = PathId.Of(0x0B0B0B);
    private static readonly PathId ReceiveB = PathId.Of(0x0B0001);

    private World _world = new(rs: new RelayOptions { MaxSlotsPerNode = 3 });

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
        Assert.Equal((2, 150), (_world.Rs.Forwarded.PayloadPackets, _world.Rs.Forwarded.PayloadBytes));
        SlotStatus slot = Assert.Single(_world.Rs.Slots());
        Assert.Equal(("a.ntm.test", "b.ntm.test", 2L, 150L), (slot.Node0, slot.Node1, slot.Packets, slot.Bytes));
    }

    [Fact]
    public void Only_the_legs_validated_source_is_forwarded()
    {
        (TestNode a, TestNode b) = Joined();

        _world.Network.Send(Endpoint.Parse("198.51.100.66:6"), World.RsAt, Data(SendA, 100));
        _world.Network.Send(b.At, World.RsAt, Data(SendA, 100));
        _world.Network.Deliver();

        Assert.Empty(b.Others);
        Assert.Empty(a.Others);
        Assert.Equal(2, _world.Rs.Drops[RelayDrop.WrongSource]);
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
        _world.PassSeconds(0.2);
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
        TestNode b = _world.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);
        byte[] init = Handshake(DatagramType.HandshakeInit, SendA, 200);
        Relay(a, Handshake(DatagramType.HandshakeInit, SendA, 150));
        Relay(a, init);
        Assert.Equal(2, _world.Rs.Drops[RelayDrop.NoPartner]);

        Join(b, 1, SendB, ReceiveB);

        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        byte[] received = Assert.Single(b.Others);
        Assert.Equal(ReceiveB, PathId.Read(received.AsSpan(1)));
        Assert.Equal(init[4..], received[4..]);
        int answer = _world.Network.Sent.FindIndex(datagram => datagram.To == b.At && datagram.Bytes.AsSpan().SequenceEqual(received));
        Assert.Equal((byte)DatagramType.Control, _world.Network.Sent[answer - 1].Bytes[0]); // RelayJoined first
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
        Assert.Equal(0, _world.Rs.Forwarded.PayloadBytes);
        Assert.Equal(2, _world.Rs.Forwarded.Packets(DatagramType.Locator));
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
    public void A_run_stays_a_run_and_is_rewritten_in_place_without_allocation()
    {
        (TestNode a, TestNode b) = Joined();
        var output = new RunCounter();
        World world = _world;
        _ = world;
        byte[] run = [.. Enumerable.Range(0, 40).SelectMany(_ => Data(SendA, 1400)), .. Data(SendA, 700)];
        byte[] fresh = [.. run];
        _world.Rs.ReceiveRun(run, 1400, a.At);
        _world.Network.Deliver();
        Assert.Equal(41, b.Others.Count);
        Assert.All(b.Others, datagram => Assert.Equal(ReceiveB, PathId.Read(datagram.AsSpan(1))));

        RelayService relay = WithOutput(output, out Endpoint from, out PathId send);
        for (int at = 0; at < fresh.Length; at += 1400)
        {
            send.Write(fresh.AsSpan(at + 1));
        }

        byte[] again = [.. fresh];
        relay.ReceiveRun(again, 1400, from);
        Assert.Equal(1, output.Runs);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            fresh.CopyTo(again, 0);
            relay.ReceiveRun(again, 1400, from);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101, output.Runs);
    }

    [Fact]
    public void A_run_that_is_mixed_is_parted_by_receiver()
    {
        (TestNode a, TestNode b) = Joined();
        TestNode c = _world.NodeAtRs("c.ntm.test");
        PathId sendA2 = PathId.Of(0x0A0A0B), receiveC = PathId.Of(0x0C0001);
        Join(a, 0, sendA2, PathId.Of(0x0A0002), slot: 8);
        Join(c, 1, PathId.Of(0x0C0C0C), receiveC, slot: 8);

        byte[] run = [.. Data(SendA, 64), .. Data(SendA, 64), .. Data(sendA2, 64), .. Data(PathId.Of(5), 64), .. Data(SendA, 30)];
        _world.Rs.ReceiveRun(run, 64, a.At);
        _world.Network.Deliver();

        Assert.Equal([64, 64, 30], b.Others.Select(datagram => datagram.Length));
        Assert.Single(c.Others);
        Assert.Equal(1, _world.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void What_two_nodes_do_not_send_one_another_is_not_forwarded()
    {
        (TestNode a, TestNode b) = Joined();

        Relay(a, Data(SendA, 23)); // shorter than header and tag
        Relay(a, Handshake(DatagramType.Punch, SendA, 12));
        Relay(a, [0x23, .. Data(SendA, 40)[1..]]);

        Assert.Empty(b.Others);
        Assert.Equal(2, _world.Rs.Drops[RelayDrop.NotRelayed]);
        Assert.Equal(1, _world.Rs.Sessions.Drops[SessionDrop.NotForServers]);
    }

    [Fact]
    public void Passes_that_are_forged_old_or_for_the_wrong_leg_are_refused()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        SlotPass good = SlotPass.Compute(Key, 1, 7, 0, Expiry());

        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, good with { Token = good.Token + 1 }));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, good with { KeyId = 2 }));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, good with { Leg = 1 }));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, good with { Slot = 9 }));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, good with { Expiry = good.Expiry + 1 }));
        Assert.Equal(0, _world.Rs.SlotCount);

        Join(a, 0, SendA, ReceiveA); // tells the RS what time it is at the DS
        SlotPass later = SlotPass.Compute(Key, 1, 8, 0, Expiry());
        _world.PassSeconds(301);
        a.Connect(World.RsAt, _world.RsKey);
        Assert.Equal(RelayRefusedReason.Expired, Refused(a, later));
    }

    [Fact]
    public void A_slots_two_legs_belong_to_two_nodes_and_a_leg_to_one()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        TestNode b = _world.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);

        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, Pass(1)));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(b, Pass(0)));
    }

    [Fact]
    public void A_join_may_be_repeated_and_may_bring_new_paths_but_not_taken_ones()
    {
        (TestNode a, TestNode b) = Joined();
        Join(a, 0, SendA, ReceiveA);
        Assert.Equal(1, _world.Rs.SlotCount);

        Assert.Equal(RelayRefusedReason.PathIdTaken, Refused(a, Pass(0), SendB, ReceiveA));
        Join(a, 0, PathId.Of(0x0A0A0F), PathId.Of(0x0A000F));
        Relay(a, Data(PathId.Of(0x0A0A0F), 60));
        Relay(b, Data(SendB, 60));
        Relay(a, Data(SendA, 60));

        Assert.Single(b.Others);
        Assert.Equal(PathId.Of(0x0A000F), PathId.Read(Assert.Single(a.Others).AsSpan(1)));
        Assert.Equal(1, _world.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void A_nodes_new_session_takes_over_its_legs()
    {
        (TestNode a, TestNode b) = Joined();

        b.Connect(World.RsAt, _world.RsKey);
        Relay(a, Data(SendA, 60));

        Assert.Single(b.Others);
    }

    [Fact]
    public void A_slot_lives_while_either_node_gives_signs_and_two_minutes_more()
    {
        (TestNode a, TestNode b) = Joined();
        for (uint i = 0; i < 4; i++)
        {
            _world.PassSeconds(60);
            a.Send(new Ping(i));
        }

        Assert.Equal(1, _world.Rs.SlotCount);
        Relay(a, Data(SendA, 60));
        Assert.Equal(1, _world.Rs.Drops[RelayDrop.PartnerAway]);
        _world.PassSeconds(119);
        Assert.Equal(1, _world.Rs.SlotCount);
        _world.PassSeconds(3);
        Assert.Equal(0, _world.Rs.SlotCount);
        Relay(a, Data(SendA, 60));
        Assert.Equal(1, _world.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
        Assert.Empty(b.Others);
    }

    [Fact]
    public void A_node_has_bounded_slots_of_which_the_idle_one_gives_way()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        for (ulong slot = 1; slot <= 3; slot++)
        {
            Join(a, 0, PathId.Of(0x100 + (int)slot), PathId.Of(1), slot);
        }

        Assert.Equal(RelayRefusedReason.Full, Refused(a, Pass(0, 4)));
        _world.PassSeconds(90);
        Relay(a, Data(PathId.Of(0x101), 60));
        a.Send(new Ping(5));
        _world.PassSeconds(40);
        Join(a, 0, PathId.Of(0x104), PathId.Of(1), 4);

        Assert.Equal(3, _world.Rs.SlotCount);
        Assert.Contains(_world.Rs.Slots(), slot => slot.Slot.EndsWith('1'));
    }

    [Fact]
    public void Slots_in_all_are_bounded()
    {
        _world = new World(rs: new RelayOptions { MaxSlots = 1 });
        TestNode a = NodeWithKey("a.ntm.test");
        Join(a, 0, SendA, ReceiveA);

        Assert.Equal(RelayRefusedReason.Full, Refused(a, Pass(0, 8)));
    }

    [Fact]
    public void Only_direction_servers_give_keys_and_only_nodes_join()
    {
        TestNode node = _world.NodeAtRs("a.ntm.test");
        node.Send(new RelayKey(5, Key));
        TestNode ds = _world.NodeAtRs("ds2.ntm.test", CertificateRole.DirectionServer);
        ds.Send(new RelayJoin(1, Pass(0), SendA, ReceiveA));

        Assert.DoesNotContain(node.Received, frame => frame is RelayKeyAck);
        Assert.DoesNotContain(ds.Received, frame => frame is RelayJoined or RelayRefused);
        Assert.Equal(2, _world.Rs.Sessions.Drops[SessionDrop.BadFrame]);
    }

    [Fact]
    public void Two_keys_of_a_direction_server_are_valid_and_none_is_taken_over_by_another()
    {
        TestNode ds = _world.NodeAtRs("ds2.ntm.test", CertificateRole.DirectionServer);
        TestNode other = _world.NodeAtRs("ds3.ntm.test", CertificateRole.DirectionServer);
        TestNode a = _world.NodeAtRs("a.ntm.test");
        byte[] otherKey = new byte[32];
        for (uint id = 1; id <= 3; id++)
        {
            ds.Send(new RelayKey(id, Key));
            Assert.Equal(id, ds.Last<RelayKeyAck>().KeyId);
        }

        other.Send(new RelayKey(3, otherKey));

        Assert.DoesNotContain(other.Received, frame => frame is RelayKeyAck);
        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, SlotPass.Compute(Key, 1, 7, 0, Expiry())));
        a.Send(new RelayJoin(2, SlotPass.Compute(Key, 2, 7, 0, Expiry()), SendA, ReceiveA));
        Assert.Equal(2u, a.Last<RelayJoined>().Request);
    }

    [Fact]
    public void The_direction_servers_own_passes_work_also_after_the_hourly_change_of_keys_and_a_restart_of_the_relay()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        _world.PassSeconds(1);
        asker.Send(new DirectionRequest(1, "r2.ntm.test"));
        RelaySlot first = asker.Last<RouteDirection>().RelaySlot!;
        for (int i = 0; i < 61; i++)
        {
            _world.PassSeconds(60);
            asker.Send(new Ping(1));
            asked.Send(new Ping(1));
        }

        asker.Send(new DirectionRequest(2, "r2.ntm.test"));
        RelaySlot second = asker.Last<RouteDirection>().RelaySlot!;
        TestNode a = _world.NodeAtRs("r1.ntm.test");
        TestNode b = _world.NodeAtRs("r2.ntm.test");

        a.Send(new RelayJoin(1, second.Pass, SendA, ReceiveA));
        b.Send(new RelayJoin(1, asked.Last<RouteDirection>().RelaySlot!.Pass, SendB, ReceiveB));

        Assert.NotEqual(first.Pass.KeyId, second.Pass.KeyId);
        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        Relay(a, Data(SendA, 60));
        Assert.Single(b.Others);
    }

    private static byte[] Data(PathId path, int length, DatagramType type = DatagramType.Data)
    {
        byte[] datagram = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        datagram[0] = (byte)type;
        path.Write(datagram.AsSpan(1));
        return datagram;
    }

    private static byte[] Handshake(DatagramType type, PathId path, int length) => Data(path, length, type);

    private ulong Expiry() => (ulong)(_world.Time.Milliseconds() / 1000) + 300;

    private SlotPass Pass(byte leg, ulong slot = 7) => SlotPass.Compute(Key, 1, slot, leg, Expiry());

    private TestNode NodeWithKey(string name)
    {
        TestNode ds = _world.NodeAtRs("ds9.ntm.test", CertificateRole.DirectionServer);
        ds.Send(new RelayKey(1, Key));
        Assert.Equal(1u, ds.Last<RelayKeyAck>().KeyId);
        return _world.NodeAtRs(name);
    }

    private void Join(TestNode node, byte leg, PathId send, PathId receive, ulong slot = 7)
    {
        node.Send(new RelayJoin(77, Pass(leg, slot), send, receive));
        Assert.Contains(node.Received, frame => frame is RelayJoined { Request: 77 });
    }

    private static RelayRefusedReason Refused(TestNode node, SlotPass pass) => Refused(node, pass, PathId.Of(0x777), PathId.Of(0x778));

    private static RelayRefusedReason Refused(TestNode node, SlotPass pass, PathId send, PathId receive)
    {
        int before = node.Received.OfType<RelayRefused>().Count();
        node.Send(new RelayJoin(78, pass, send, receive));
        Assert.Equal(before + 1, node.Received.OfType<RelayRefused>().Count());
        return node.Last<RelayRefused>().Reason;
    }

    private (TestNode A, TestNode B) Joined()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        TestNode b = _world.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);
        Assert.False(a.Last<RelayJoined>().PartnerPresent);
        Join(b, 1, SendB, ReceiveB);
        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        return (a, b);
    }

    private void Relay(TestNode from, byte[] datagram)
    {
        _world.Network.Send(from.At, World.RsAt, datagram);
        _world.Network.Deliver();
    }

    /// <summary>A relay with a joined slot whose output only counts once the slot is there.</summary>
    private static RelayService WithOutput(RunCounter output, out Endpoint from, out PathId send)
    {
        var tests = new RelayTests();
        output.Inner = tests._world.Network.Output(World.RsAt);
        ServerIdentity self = tests._world.Provider.Server("rs.ntm.test", CertificateRole.RelayServer, CertificateRole.Node, CertificateRole.DirectionServer);
        var relay = new RelayService(self, new RelayOptions(), output, tests._world.Random, tests._world.Time);
        Endpoint at = Endpoint.Parse("203.0.113.12:4331");
        tests._world.Network.Attach(World.RsAt, (_, _) => { });
        output.Inner = tests._world.Network.Output(at);
        tests._world.Network.Attach(at, (datagram, source) => relay.ReceiveRun(datagram, datagram.Length, source));
        byte[] key = self.Keys.Static.PublicKey.ToArray();
        TestNode ds = tests._world.Node("ds9.ntm.test", CertificateRole.DirectionServer).Connect(at, key);
        ds.Send(new RelayKey(1, Key));
        TestNode a = tests._world.Node("a.ntm.test").Connect(at, key);
        TestNode b = tests._world.Node("b.ntm.test").Connect(at, key);
        tests.Join(a, 0, SendA, ReceiveA);
        tests.Join(b, 1, SendB, ReceiveB);
        output.Inner = null;
        output.Runs = 0;
        from = a.At;
        send = SendA;
        return relay;
    }

    private sealed class RunCounter : IDatagramOutput
    {
        public IDatagramOutput? Inner { get; set; }

        public int Runs { get; set; }

        public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
        {
            Runs++;
            Inner?.Send(to, run, datagramSize, ecn);
        }
    }
}
