using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

public class RelaySlotTests : RelayScene
{
    [Fact]
    public void A_slots_two_legs_belong_to_two_nodes_and_a_leg_to_one()
    {
        TestNode a = NodeWithKey("a.ntm.test");
        TestNode b = World.NodeAtRs("b.ntm.test");
        Join(a, 0, SendA, ReceiveA);

        Assert.Equal(RelayRefusedReason.BadPass, Refused(a, Pass(1)));
        Assert.Equal(RelayRefusedReason.BadPass, Refused(b, Pass(0)));
    }

    [Fact]
    public void A_join_may_be_repeated_and_may_bring_new_paths_but_not_taken_ones()
    {
        (TestNode a, TestNode b) = Joined();
        Join(a, 0, SendA, ReceiveA);
        Assert.Equal(1, World.Rs.SlotCount);

        Assert.Equal(RelayRefusedReason.PathIdTaken, Refused(a, Pass(0), SendB, ReceiveA));
        Join(a, 0, PathId.Of(0x0A0A0F), PathId.Of(0x0A000F));
        Relay(a, Data(PathId.Of(0x0A0A0F), 60));
        Relay(b, Data(SendB, 60));
        Relay(a, Data(SendA, 60));

        Assert.Single(b.Others);
        Assert.Equal(PathId.Of(0x0A000F), PathId.Read(Assert.Single(a.Others).AsSpan(1)));
        Assert.Equal(1, World.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void A_nodes_new_session_takes_over_its_legs()
    {
        (TestNode a, TestNode b) = Joined();

        b.Connect(World.RsAt, World.RsKey);
        Relay(a, Data(SendA, 60));

        Assert.Single(b.Others);
    }

    [Fact]
    public void A_slot_lives_while_either_node_gives_signs_and_two_minutes_more()
    {
        (TestNode a, TestNode b) = Joined();
        for (uint i = 0; i < 4; i++)
        {
            World.PassSeconds(60);
            a.Send(new Ping(i));
        }

        Assert.Equal(1, World.Rs.SlotCount);
        Relay(a, Data(SendA, 60));
        Assert.Equal(1, World.Rs.Drops[RelayDrop.PartnerAway]);
        World.PassSeconds(119);
        Assert.Equal(1, World.Rs.SlotCount);
        World.PassSeconds(3);
        Assert.Equal(0, World.Rs.SlotCount);
        Relay(a, Data(SendA, 60));
        Assert.Equal(1, World.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
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
        World.PassSeconds(90);
        Relay(a, Data(PathId.Of(0x101), 60));
        a.Send(new Ping(5));
        World.PassSeconds(40);
        Join(a, 0, PathId.Of(0x104), PathId.Of(1), 4);

        Assert.Equal(3, World.Rs.SlotCount);
        Assert.Contains(World.Rs.Slots(), slot => slot.Slot.EndsWith('1'));
    }

    [Fact]
    public void Slots_in_all_are_bounded()
    {
        World = new World(rs: new RelayOptions { MaxSlots = 1 });
        TestNode a = NodeWithKey("a.ntm.test");
        Join(a, 0, SendA, ReceiveA);

        Assert.Equal(RelayRefusedReason.Full, Refused(a, Pass(0, 8)));
    }
}
