using NTMobile.DirectionServer;
using NTMobile.Packets;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.Servers.Tests.Roles;

public class DirectionTests
{
    private readonly World _world = new();

    [Fact]
    public void A_registration_is_answered_with_lifetime_endpoint_and_relays()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");

        node.Send(node.Registration(42, "cam"));

        RegistrationResponse response = node.Last<RegistrationResponse>();
        Assert.Equal((42u, RegistrationResult.Accepted, 60u, node.At), (response.Request, response.Result, response.LifetimeSeconds, response.Seen));
        Relay relay = Assert.Single(response.Relays);
        Assert.Equal(World.RsAt, relay.Endpoint);
        Assert.Equal(_world.RsKey, relay.PublicKey);
        Assert.Equal((1, 1), _world.Ds.NodeCounts);
    }

    [Theory]
    [InlineData("r1.other.test")] // another zone
    [InlineData("a.r1.ntm.test")] // not directly under the zone
    [InlineData("ntm.test")]
    [InlineData("r1ntm.test")]
    public void A_name_that_is_no_node_of_the_zone_is_refused(string name)
    {
        TestNode node = _world.NodeAtDs(name);

        node.Send(node.Registration(1));

        Assert.Equal(RegistrationResult.NameNotYours, node.Last<RegistrationResponse>().Result);
        Assert.Equal(1, _world.Ds.Refused[DirectionDrop.NameNotYours]);
        Assert.Equal((0, 0), _world.Ds.NodeCounts);
    }

    [Fact]
    public void Bundles_that_are_foreign_flipped_older_or_for_another_name_are_refused()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        TestNode other = _world.Node("r2.ntm.test");
        RegistrationRequest good = node.Registration(1);
        byte[] flipped = node.Bundle(5);
        flipped[5] ^= 1;

        Assert.Equal(RegistrationResult.NameNotYours, Result(other.Bundle()));
        Assert.Equal(RegistrationResult.BadBundle, Result(flipped));
        Assert.Equal(RegistrationResult.BadBundle, Result([1, 2, 3]));
        Assert.Equal(RegistrationResult.BadBundle, Result(BundleSignature.Create(other.Keys, "r1.ntm.test", 1, 1, [], _world.Random)));
        Assert.Equal(RegistrationResult.Accepted, Result(node.Bundle(7)));
        Assert.Equal(RegistrationResult.BadBundle, Result(node.Bundle(6)));
        Assert.Equal(RegistrationResult.Accepted, Result(node.Bundle(7)));

        RegistrationResult Result(byte[] bundle)
        {
            node.Send(good with { Bundle = bundle });
            return node.Last<RegistrationResponse>().Result;
        }
    }

    [Fact]
    public void One_time_keys_go_out_once_each_and_are_forgotten_with_the_session()
    {
        TestNode asked = _world.Registered("r2.ntm.test", "cam");
        TestNode asker = _world.Registered("r1.ntm.test");
        asked.Send(new PrekeyOffer(5, [Prekey(1)]));
        asked.Send(new PrekeyOffer(6, [Prekey(2), Prekey(3)])); // in place of those before
        Assert.Equal(6u, asked.Last<PrekeyOfferAck>().Number);

        Assert.Equal(2u, Given(20));
        Assert.Equal(2u, Given(20)); // the same question again
        Assert.Equal(3u, Given(21));
        Assert.Null(Given(22));

        asked.Send(new PrekeyOffer(7, [Prekey(4)]));
        asked.Connect(World.DsAt, _world.DsKey);
        Assert.Null(Given(23));

        Prekey Prekey(uint id) => PrekeySignature.Create(asked.Keys, id, asked.Keys.Static.PublicKey);

        uint? Given(uint request)
        {
            asker.Send(new DirectionRequest(request, "cam.r2.ntm.test"));
            RouteDirection direction = asker.Last<RouteDirection>();
            Assert.Equal(request, direction.Request);
            Assert.Equal(direction.Prekey?.Id, asked.Last<RouteDirection>().Prekey?.Id);
            return direction.Prekey?.Id;
        }
    }

    [Fact]
    public void An_offer_of_a_node_that_is_not_registered_stays_unanswered()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        node.Send(new PrekeyOffer(5, [PrekeySignature.Create(node.Keys, 1, node.Keys.Static.PublicKey)]));
        Assert.Empty(node.Received.OfType<PrekeyOfferAck>());
    }

    [Fact]
    public void Both_nodes_are_directed_to_one_another()
    {
        TestNode asked = _world.Registered("r2.ntm.test", "cam", "nas");
        TestNode asker = _world.Registered("r1.ntm.test", "laptop");
        _world.PassSeconds(1); // the DS and the RS agree on a key

        asker.Send(new DirectionRequest(9, "cam.r2.ntm.test"));

        RouteDirection first = asker.Last<RouteDirection>();
        RouteDirection second = asked.Last<RouteDirection>();
        Assert.Equal((9u, DirectionRole.Initiator, "r2.ntm.test", "cam.r2.ntm.test"), (first.Request, first.Role, first.Peer, first.Device));
        Assert.Equal((0u, DirectionRole.Responder, "r1.ntm.test", "cam.r2.ntm.test"), (second.Request, second.Role, second.Peer, second.Device));
        Assert.Equal(first.RendezvousId, second.RendezvousId);
        Assert.Equal(asked.Where, first.SealedCandidates); // the DS adds no address
        Assert.Equal(asker.Where, second.SealedCandidates);
        Assert.Equal(NatFiltering.AddressAndPortDependent, first.Filtering);
        Assert.True(BundleSignature.Verify(first.Bundle));
        Assert.True(BundleSignature.Verify(second.Bundle));
        Assert.Equal((0, 1), (first.RelaySlot!.Pass.Leg, second.RelaySlot!.Pass.Leg));
        Assert.Equal(first.RelaySlot.Pass.Slot, second.RelaySlot.Pass.Slot);
        Assert.Equal(World.RsAt, first.RelaySlot.Relay.Endpoint);
    }

    [Fact]
    public void The_nodes_own_name_may_be_asked_for()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        Assert.Equal("r2.ntm.test", asker.Last<RouteDirection>().Device);
        Assert.Equal("r2.ntm.test", asked.Last<RouteDirection>().Device);
    }

    [Theory]
    [InlineData("cam.r9.ntm.test", DirectionRefusalReason.NoSuchName)] // no such node
    [InlineData("tv.r2.ntm.test", DirectionRefusalReason.NoSuchName)] // no such device
    [InlineData("x.cam.r2.ntm.test", DirectionRefusalReason.NoSuchName)]
    [InlineData("ntm.test", DirectionRefusalReason.NoSuchName)]
    [InlineData("www.example.org", DirectionRefusalReason.NoSuchName)]
    [InlineData("xntm.test", DirectionRefusalReason.NoSuchName)]
    [InlineData("r1.ntm.test", DirectionRefusalReason.NotForYou)] // the asker itself
    [InlineData("laptop.r1.ntm.test", DirectionRefusalReason.NotForYou)]
    public void Names_that_cannot_be_directed_are_refused_with_the_reason(string name, DirectionRefusalReason reason)
    {
        _world.Registered("r2.ntm.test", "cam");
        TestNode asker = _world.Registered("r1.ntm.test", "laptop");

        asker.Send(new DirectionRequest(3, name));

        Assert.Equal(new DirectionRefusal(3, reason), asker.Last<DirectionRefusal>());
        Assert.Null(asker.LastOrNone<RouteDirection>());
    }

    [Fact]
    public void A_node_that_is_not_registered_gets_no_direction()
    {
        _world.Registered("r2.ntm.test");
        TestNode asker = _world.NodeAtDs("r1.ntm.test");

        asker.Send(new DirectionRequest(3, "r2.ntm.test"));

        Assert.Equal(DirectionRefusalReason.NotForYou, asker.Last<DirectionRefusal>().Reason);
    }

    [Fact]
    public void A_registration_expires_without_a_sign_and_a_ping_prolongs_it()
    {
        TestNode silent = _world.Registered("r2.ntm.test");
        TestNode pinging = _world.Registered("r3.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        for (uint i = 0; i < 4; i++)
        {
            _world.PassSeconds(20);
            pinging.Send(new Ping(i));
            asker.Send(new Ping(i));
        }

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));
        asker.Send(new DirectionRequest(2, "r3.ntm.test"));

        Assert.Equal(new DirectionRefusal(1, DirectionRefusalReason.NotRegistered), asker.Last<DirectionRefusal>());
        Assert.Equal(2u, asker.Last<RouteDirection>().Request);
        Assert.Equal((3, 2), _world.Ds.NodeCounts);
        silent.Send(new Ping(99));
        asker.Send(new DirectionRequest(3, "r2.ntm.test"));
        Assert.Equal(3u, asker.Last<RouteDirection>().Request);
    }

    [Fact]
    public void A_repeated_request_gets_the_same_direction()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        var request = new DirectionRequest(1, "r2.ntm.test");

        asker.Send(request);
        asker.Send(request);

        RouteDirection[] directions = [.. asker.Received.OfType<RouteDirection>()];
        Assert.Equal(2, directions.Length);
        Assert.Equal(directions[0].RendezvousId, directions[1].RendezvousId);
        Assert.Single(asked.Received.OfType<RouteDirection>().Select(direction => direction.RendezvousId).Distinct());
        Assert.Equal(1, _world.Ds.DirectionsGiven);
    }

    [Fact]
    public void The_responder_is_told_again_until_it_acknowledges()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        _world.PassSeconds(0.2); // repeats after 50 and 150 ms
        Assert.Equal(3, asked.Received.OfType<RouteDirection>().Count());
        asker.Send(new RouteDirectionAck(asked.Last<RouteDirection>().RendezvousId)); // not the asker's to acknowledge
        _world.PassSeconds(0.2);
        Assert.Equal(4, asked.Received.OfType<RouteDirection>().Count());
        asked.Send(new RouteDirectionAck(asked.Last<RouteDirection>().RendezvousId));
        _world.PassSeconds(3);

        Assert.Equal(4, asked.Received.OfType<RouteDirection>().Count());
        Assert.Equal(0, _world.Ds.Refused[DirectionDrop.NotAcknowledged]);
    }

    [Fact]
    public void A_responder_that_never_acknowledges_is_told_six_times_within_two_seconds()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        _world.PassSeconds(2);
        int told = asked.Received.OfType<RouteDirection>().Count();
        _world.PassSeconds(10);

        Assert.Equal(6, told);
        Assert.Equal(6, asked.Received.OfType<RouteDirection>().Count());
        Assert.Equal(1, _world.Ds.Refused[DirectionDrop.NotAcknowledged]);
    }

    [Fact]
    public void A_lost_direction_reaches_the_responder_by_its_repetition()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        int lost = 0;
        _world.Network.Lose = datagram => datagram.To == asked.At && lost++ % 2 == 0; // every other chunk

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));
        _world.PassSeconds(2);

        Assert.NotNull(asked.LastOrNone<RouteDirection>());
    }

    [Fact]
    public void Too_many_requests_of_one_node_are_refused_and_others_are_not_hurt()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        TestNode calm = _world.Registered("r3.ntm.test");
        for (uint i = 0; i < 60; i++)
        {
            asker.Send(new DirectionRequest(i, "r2.ntm.test"));
        }

        calm.Send(new DirectionRequest(1, "r2.ntm.test"));

        Assert.Equal(10, asker.Received.OfType<DirectionRefusal>().Count(refusal => refusal.Reason == DirectionRefusalReason.TooManyRequests));
        Assert.NotNull(calm.LastOrNone<RouteDirection>());
        Assert.NotNull(asked.LastOrNone<RouteDirection>());
    }

    [Fact]
    public void Without_a_relay_that_answers_directions_have_no_slot()
    {
        var world = new World();
        world.Network.Lose = datagram => datagram.To == World.RsAt;
        TestNode asked = world.Registered("r2.ntm.test");
        TestNode asker = world.Registered("r1.ntm.test");
        world.PassSeconds(3);

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        Assert.Null(asker.Last<RouteDirection>().RelaySlot);
        Assert.Null(asked.Last<RouteDirection>().RelaySlot);
        world.Network.Lose = _ => false;
        world.PassSeconds(6);
        asker.Send(new DirectionRequest(2, "r2.ntm.test"));
        Assert.NotNull(asker.Last<RouteDirection>().RelaySlot);
    }

    [Fact]
    public void A_new_certificate_of_the_DS_interrupts_the_relay_for_one_round_trip()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        _world.PassSeconds(1);
        Assert.True(Assert.Single(_world.Ds.Relays).Ready);

        _world.Ds.UseCertificate(_world.RenewedDsCertificate());
        Assert.False(Assert.Single(_world.Ds.Relays).Ready);
        _world.PassSeconds(0.05);

        Assert.True(Assert.Single(_world.Ds.Relays).Ready);
        asker.Send(new DirectionRequest(1, "r2.ntm.test"));
        SlotPass pass = asked.Last<RouteDirection>().RelaySlot!.Pass;
        asked.Connect(World.RsAt, _world.RsKey);
        asked.Send(new RelayJoin(1, pass, PathId.Of(0x0A0A0A), PathId.Of(0x0A0001)));
        Assert.NotEqual(0u, asked.Last<RelayJoined>().Request);
        Assert.Equal(2, _world.Rs.Sessions.Count); // the DS's, not two of them, and the node's
    }

    [Fact]
    public void A_node_that_moved_is_told_of_who_asks_at_its_new_address()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        asked.MoveTo(Endpoint.Parse("198.51.100.77:7"));
        asked.Send(new Ping(5));

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        Assert.Equal(("r1.ntm.test", DirectionRole.Responder), (asked.Last<RouteDirection>().Peer, asked.Last<RouteDirection>().Role));
    }

    [Fact]
    public void A_node_with_a_fresh_session_is_still_registered()
    {
        TestNode asked = _world.Registered("r2.ntm.test");
        TestNode asker = _world.Registered("r1.ntm.test");
        asked.Connect(World.DsAt, _world.DsKey);

        asker.Send(new DirectionRequest(1, "r2.ntm.test"));

        Assert.NotNull(asked.LastOrNone<RouteDirection>());
    }

    [Fact]
    public void Names_survive_a_restart_and_are_away_until_their_nodes_come_back()
    {
        _world.Registered("r2.ntm.test", "cam");
        var again = new World(store: _world.Store);
        TestNode asker = again.Registered("r1.ntm.test");

        asker.Send(new DirectionRequest(1, "cam.r2.ntm.test"));
        asker.Send(new DirectionRequest(2, "tv.r2.ntm.test"));

        Assert.Equal(
            [new DirectionRefusal(1, DirectionRefusalReason.NotRegistered), new DirectionRefusal(2, DirectionRefusalReason.NoSuchName)],
            asker.Received.OfType<DirectionRefusal>());
        again.Registered("r2.ntm.test", "cam");
        asker.Send(new DirectionRequest(3, "cam.r2.ntm.test"));
        Assert.Equal(3u, asker.Last<RouteDirection>().Request);
    }

    [Fact]
    public void An_unchanged_registration_is_stored_once_and_a_damaged_record_is_passed_over()
    {
        TestNode node = _world.Registered("r1.ntm.test", "cam");
        _world.Store.Nodes.Clear();
        node.Send(node.Registration(2, "cam"));
        Assert.Single(_world.Store.Nodes); // another bundle, since tags that are not used are random
        RegistrationRequest same = node.Registration(3, "cam");
        node.Send(same);
        _world.Store.Nodes.Clear();
        node.Send(same with { Request = 4, Mapping = NatMapping.EndpointDependent });

        Assert.Empty(_world.Store.Nodes);
        _world.Store.Nodes["r5.ntm.test"] = new("r5.ntm.test", [1, 2, 3], _world.Time.GetUtcNow());
        Assert.Equal((0, 0), new World(store: _world.Store).Ds.NodeCounts);
    }

    [Fact]
    public void Nodes_are_bounded_and_forgotten_after_weeks()
    {
        var world = new World(ds => ds with { MaxNodes = 1, Remembered = TimeSpan.FromSeconds(100) });
        world.Registered("r1.ntm.test");
        TestNode second = world.NodeAtDs("r2.ntm.test");
        second.Send(second.Registration(1));
        Assert.Equal(RegistrationResult.TooManyDevices, second.Last<RegistrationResponse>().Result);

        world.PassSeconds(110);
        second.Send(second.Registration(2));

        Assert.Equal(RegistrationResult.Accepted, second.Last<RegistrationResponse>().Result);
    }
}
