using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

public class RelayPassTests : RelayScene
{
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
        Assert.Equal(0, World.Rs.SlotCount);

        Join(a, 0, SendA, ReceiveA); // tells the RS what time it is at the DS
        SlotPass later = SlotPass.Compute(Key, 1, 8, 0, Expiry());
        World.PassSeconds(301);
        a.Connect(World.RsAt, World.RsKey);
        Assert.Equal(RelayRefusedReason.Expired, Refused(a, later));
    }

    [Fact]
    public void Only_direction_servers_give_keys_and_only_nodes_join()
    {
        TestNode node = World.NodeAtRs("a.ntm.test");
        node.Send(new RelayKey(5, Key));
        TestNode ds = World.NodeAtRs("ds2.ntm.test", CertificateRole.DirectionServer);
        ds.Send(new RelayJoin(1, Pass(0), SendA, ReceiveA));

        Assert.DoesNotContain(node.Received, frame => frame is RelayKeyAck);
        Assert.DoesNotContain(ds.Received, frame => frame is RelayJoined or RelayRefused);
        Assert.Equal(2, World.Rs.Sessions.Drops[SessionDrop.BadFrame]);
    }

    [Fact]
    public void Two_keys_of_a_direction_server_are_valid_and_none_is_taken_over_by_another()
    {
        TestNode ds = World.NodeAtRs("ds2.ntm.test", CertificateRole.DirectionServer);
        TestNode other = World.NodeAtRs("ds3.ntm.test", CertificateRole.DirectionServer);
        TestNode a = World.NodeAtRs("a.ntm.test");
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
        TestNode asked = World.Registered("r2.ntm.test");
        TestNode asker = World.Registered("r1.ntm.test");
        World.PassSeconds(1);
        asker.Send(new DirectionRequest(1, "r2.ntm.test"));
        RelaySlot first = asker.Last<RouteDirection>().RelaySlot!;
        for (int i = 0; i < 61; i++)
        {
            World.PassSeconds(60);
            asker.Send(new Ping(1));
            asked.Send(new Ping(1));
        }

        asker.Send(new DirectionRequest(2, "r2.ntm.test"));
        RelaySlot second = asker.Last<RouteDirection>().RelaySlot!;
        TestNode a = World.NodeAtRs("r1.ntm.test");
        TestNode b = World.NodeAtRs("r2.ntm.test");

        a.Send(new RelayJoin(1, second.Pass, SendA, ReceiveA));
        b.Send(new RelayJoin(1, asked.Last<RouteDirection>().RelaySlot!.Pass, SendB, ReceiveB));

        Assert.NotEqual(first.Pass.KeyId, second.Pass.KeyId);
        Assert.True(b.Last<RelayJoined>().PartnerPresent);
        Relay(a, Data(SendA, 60));
        Assert.Single(b.Others);
    }
}
