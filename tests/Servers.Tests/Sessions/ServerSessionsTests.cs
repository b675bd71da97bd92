using NTMobile.Packets;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Sessions;

// Sessions in general, shown on the DS.
public class ServerSessionsTests
{
    private readonly World _world = new();

    [Fact]
    public void A_node_with_a_good_certificate_gets_a_session_and_learns_where_it_is_seen()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");

        Assert.Equal(new Pong(1, node.At), node.Last<Pong>());
        Assert.True(_world.Ds.Sessions.TryFind(CertificateRole.Node, "r1.ntm.test", out ServerSession? session));
        Assert.Equal(node.At, session.Source);
        Assert.Empty(_world.Ds.Sessions.Drops.NonZero());
    }

    [Fact]
    public void No_answer_to_a_stranger_is_longer_than_the_question()
    {
        _world.NodeAtDs("r1.ntm.test");

        Datagram init = _world.Network.Sent[0];
        Datagram response = _world.Network.Sent[1];
        Assert.Equal((byte)DatagramType.HandshakeInit, init.Bytes[0]);
        Assert.Equal((byte)DatagramType.HandshakeResponse, response.Bytes[0]);
        Assert.True(init.Bytes.Length <= 512, $"HandshakeInit has {init.Bytes.Length} bytes");
        Assert.True(response.Bytes.Length < init.Bytes.Length);
    }

    [Fact]
    public void Copies_of_one_handshake_get_the_same_answer_each_where_it_came_from()
    {
        TestNode node = _world.Node("r1.ntm.test");
        byte[] init = node.NewLink(World.DsAt, _world.DsKey).BeginHandshake();
        Endpoint elsewhere = Endpoint.Parse("198.51.100.200:1");

        _world.Network.Send(node.At, World.DsAt, init);
        _world.Network.Send(elsewhere, World.DsAt, init);
        _world.Network.Deliver();

        List<Datagram> answers = _world.Network.Sent.FindAll(datagram => datagram.From == World.DsAt);
        Assert.Equal([node.At, elsewhere], answers.Select(answer => answer.To));
        Assert.Equal(answers[0].Bytes, answers[1].Bytes);
    }

    [Fact]
    public void Every_truncation_and_bit_flip_of_a_handshake_gets_no_answer()
    {
        TestNode node = _world.Node("r1.ntm.test");
        byte[] init = node.NewLink(World.DsAt, _world.DsKey).BeginHandshake();
        var patient = new World(limits: new SessionLimits { HandshakesPerSource = 1e6, HandshakesInAll = 1e6 });
        byte[] forPatient = node.NewLink(World.DsAt, patient.DsKey).BeginHandshake();
        Assert.NotEqual(init, forPatient);

        for (int length = 0; length < forPatient.Length; length++)
        {
            patient.Network.Send(node.At, World.DsAt, forPatient[..length]);
        }

        for (int bit = 1; bit < 8 * forPatient.Length; bit += 3)
        {
            if (bit == 25)
            {
                continue; // epoch of the path id, which means nothing here
            }

            byte[] flipped = [.. forPatient];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            patient.Network.Send(node.At, World.DsAt, flipped);
        }

        patient.Network.Deliver();
        Assert.DoesNotContain(patient.Network.Sent, datagram => datagram.From == World.DsAt);
        Assert.Equal(0, patient.Ds.Sessions.Count);
    }

    [Fact]
    public void Certificates_that_are_forged_expired_or_another_nodes_are_refused()
    {
        var strangers = new Provider(_world.Random, _world.Time);
        TestNode forged = _world.Node("r1.ntm.test");
        forged.Certificate = strangers.Certify("r1.ntm.test", CertificateRole.Node).Certificate;
        TestNode expired = _world.Node("r2.ntm.test");
        var subject = new CertificateSubject("r2.ntm.test", expired.Keys.Signing.PublicKey.ToArray(), expired.Keys.Static.PublicKey.ToArray(), CertificateRole.Node);
        expired.Certificate = _world.Provider.Authority.Issue(subject, _world.Time.GetUtcNow().AddDays(-2), _world.Time.GetUtcNow().AddDays(-1), 77);
        TestNode stolen = _world.Node("r3.ntm.test");
        stolen.Certificate = _world.Node("r4.ntm.test").Certificate;

        foreach (TestNode node in new[] { forged, expired, stolen })
        {
            _world.Network.Send(node.At, World.DsAt, node.NewLink(World.DsAt, _world.DsKey).BeginHandshake());
        }

        _world.Network.Deliver();
        Assert.DoesNotContain(_world.Network.Sent, datagram => datagram.From == World.DsAt);
        Assert.Equal(3, _world.Ds.Sessions.Drops[SessionDrop.BadCertificate]);
    }

    [Fact]
    public void A_relay_server_has_no_business_at_a_direction_server()
    {
        TestNode relay = _world.Node("rs2.ntm.test", CertificateRole.RelayServer);

        _world.Network.Send(relay.At, World.DsAt, relay.NewLink(World.DsAt, _world.DsKey).BeginHandshake());
        _world.Network.Deliver();

        Assert.Equal(1, _world.Ds.Sessions.Drops[SessionDrop.WrongRole]);
    }

    [Fact]
    public void Handshakes_from_one_source_are_limited()
    {
        TestNode node = _world.Node("r1.ntm.test");
        for (int i = 0; i < 100; i++)
        {
            _world.Network.Send(node.At, World.DsAt, node.NewLink(World.DsAt, _world.DsKey).BeginHandshake());
        }

        _world.Network.Deliver();

        Assert.Equal(60, _world.Ds.Sessions.Drops[SessionDrop.HandshakeTooOften]);
        _world.PassSeconds(2);
        node.Connect(World.DsAt, _world.DsKey);
    }

    [Fact]
    public void Unconfirmed_sessions_are_bounded_and_forgotten()
    {
        var world = new World(limits: new SessionLimits { MaxPending = 4, HandshakesPerSource = 1000 });
        TestNode node = world.Node("r1.ntm.test");
        var links = new List<ServerLink>();
        for (int i = 0; i < 6; i++)
        {
            ServerLink link = node.NewLink(World.DsAt, world.DsKey);
            links.Add(link);
            world.Network.Send(node.At, World.DsAt, link.BeginHandshake());
        }

        world.Network.Deliver();
        int before = world.Ds.Sessions.Paths.Count;
        world.PassSeconds(11);

        Assert.Equal(4, before - world.Ds.Sessions.Paths.Count);
        Assert.Equal(0, world.Ds.Sessions.Count);
    }

    [Fact]
    public void A_datagram_that_is_replayed_flipped_or_for_no_session_is_dropped_and_counted()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        byte[] ping = node.Link.Seal(new FrameBuilder().Append(new Ping(7)).Written)[0];
        byte[] flipped = [.. ping];
        flipped[^1] ^= 1;
        byte[] lost = [.. ping];
        lost[1] ^= 0x40;

        foreach (byte[] datagram in new[] { flipped, ping, ping, lost, [0x22, 1], [0xEE, 0, 0, 0, 0] })
        {
            _world.Network.Send(node.At, World.DsAt, datagram);
        }

        _world.Network.Deliver();
        DropCounters<SessionDrop> drops = _world.Ds.Sessions.Drops;
        Assert.Equal(7u, Assert.Single(node.Received.OfType<Pong>(), pong => pong.Number == 7).Number);
        Assert.Equal(2, drops[SessionDrop.NotOpened]);
        Assert.Equal(1, drops[SessionDrop.UnknownPath]);
        Assert.Equal(2, drops[SessionDrop.NotForServers]);
    }

    [Fact]
    public void A_source_is_believed_only_after_it_answered_a_challenge()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        Endpoint old = node.At;
        node.AnswersChallenges = false;
        node.MoveTo(Endpoint.Parse("198.51.100.99:9"));

        node.Send(new Ping(2));

        Assert.True(_world.Ds.Sessions.TryFind(CertificateRole.Node, "r1.ntm.test", out ServerSession? session));
        Assert.Equal(new Pong(2, node.At), node.Last<Pong>());
        Assert.Equal(old, session.Source);
        node.AnswersChallenges = true;
        _world.PassSeconds(0.2);
        node.Send(new Ping(3));
        Assert.Equal(node.At, session.Source);
    }

    [Fact]
    public void An_answer_from_elsewhere_than_the_challenged_source_moves_nothing()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        Endpoint old = node.At;
        node.AnswersChallenges = false;
        node.MoveTo(Endpoint.Parse("198.51.100.99:9"));
        node.Send(new Ping(2));
        PathChallenge challenge = node.Last<PathChallenge>();

        node.MoveTo(Endpoint.Parse("198.51.100.98:9"));
        node.Send(new PathResponse(challenge.Nonce, World.DsAt));

        Assert.True(_world.Ds.Sessions.TryFind(CertificateRole.Node, "r1.ntm.test", out ServerSession? session));
        Assert.Equal(old, session.Source);
    }

    [Fact]
    public void A_late_datagram_from_the_old_address_is_no_move_back()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        Endpoint old = node.At;
        byte[] late = node.Link.Seal(new FrameBuilder().Append(new Ping(9)).Written)[0];
        node.MoveTo(Endpoint.Parse("198.51.100.99:9"));
        node.Send(new Ping(2));

        _world.Network.Sent.Clear();
        _world.Network.Send(old, World.DsAt, late);
        _world.Network.Deliver();

        Datagram answer = Assert.Single(_world.Network.Sent, datagram => datagram.From == World.DsAt);
        Assert.Equal(old, answer.To); // the Pong; a challenge would be a second one
    }

    [Fact]
    public void To_an_unvalidated_source_goes_at_most_three_times_what_came()
    {
        _world.Registered("r2.ntm.test", "cam");
        TestNode node = _world.Registered("r1.ntm.test");
        node.AnswersChallenges = false;
        node.MoveTo(Endpoint.Parse("198.51.100.99:9"));
        _world.Network.Sent.Clear();

        node.Send(new DirectionRequest(5, "cam.r2.ntm.test"));

        int received = _world.Network.Sent.Where(datagram => datagram.From == node.At).Sum(datagram => datagram.Bytes.Length);
        int sent = _world.Network.Sent.Where(datagram => datagram.To == node.At).Sum(datagram => datagram.Bytes.Length);
        Assert.InRange(sent, 1, 3 * received);
        Assert.Null(node.LastOrNone<RouteDirection>());
        Assert.Equal(1, _world.Ds.Sessions.Drops[SessionDrop.AnswerTooBig]);

        // When the source is valid the repeated request is answered.
        node.AnswersChallenges = true;
        _world.PassSeconds(0.2);
        node.Send(new Ping(3));
        node.Send(new DirectionRequest(5, "cam.r2.ntm.test"));
        Assert.NotNull(node.LastOrNone<RouteDirection>());
    }

    [Fact]
    public void A_new_session_takes_the_old_ones_place_and_the_link_opens_both_meanwhile()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        byte[] underOldKeys = node.Link.Seal(new FrameBuilder().Append(new Ping(2)).Written)[0];
        _world.Network.Send(node.At, World.DsAt, node.Link.BeginHandshake());
        _world.Network.Send(node.At, World.DsAt, underOldKeys);
        _world.Network.Deliver();

        Assert.Equal(2u, node.Last<Pong>().Number); // sealed with the old keys, opened after the new handshake
        node.Send(new Ping(3));
        Assert.Equal(3u, node.Last<Pong>().Number);
        Assert.Equal(1, _world.Ds.Sessions.Count);
        _world.Network.Send(node.At, World.DsAt, underOldKeys);
        _world.Network.Deliver();
        Assert.Equal(1, _world.Ds.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void A_replayed_handshake_does_not_disturb_the_session()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        byte[] init = _world.Network.Sent[0].Bytes;
        _world.PassSeconds(20);
        node.Send(new Ping(2));

        _world.Network.Send(Endpoint.Parse("198.51.100.200:1"), World.DsAt, init);
        _world.Network.Deliver();
        node.Send(new Ping(3));

        Assert.Equal(3u, node.Last<Pong>().Number);
        Assert.Equal(1, _world.Ds.Sessions.Count);
    }

    [Fact]
    public void An_idle_session_is_forgotten_and_a_closed_one_at_once()
    {
        TestNode idle = _world.NodeAtDs("r1.ntm.test");
        TestNode closed = _world.NodeAtDs("r2.ntm.test");

        closed.Send(new Close(CloseReason.ShuttingDown));
        Assert.Equal(1, _world.Ds.Sessions.Count);
        _world.PassSeconds(185);

        Assert.Equal(0, _world.Ds.Sessions.Count);
        idle.Send(new Ping(5));
        Assert.NotEqual(5u, idle.Last<Pong>().Number);
    }

    [Fact]
    public void No_more_sessions_than_the_bound()
    {
        var world = new World(limits: new SessionLimits { MaxSessions = 2 });
        world.NodeAtDs("r1.ntm.test");
        world.NodeAtDs("r2.ntm.test");
        TestNode third = world.Node("r3.ntm.test");

        world.Network.Send(third.At, World.DsAt, third.NewLink(World.DsAt, world.DsKey).BeginHandshake());
        world.Network.Deliver();

        Assert.Equal(1, world.Ds.Sessions.Drops[SessionDrop.TooManySessions]);
    }

    [Fact]
    public void A_frame_that_only_a_server_sends_is_refused_and_the_rest_of_its_datagram()
    {
        TestNode node = _world.NodeAtDs("r1.ntm.test");
        byte[] frames = new FrameBuilder().Append(new DirectionRefusal(1, DirectionRefusalReason.NoSuchName)).Append(new Ping(8)).ToArray();

        _world.Network.Send(node.At, World.DsAt, node.Link.Seal(frames)[0]);
        _world.Network.Deliver();

        Assert.Equal(1, _world.Ds.Sessions.Drops[SessionDrop.BadFrame]);
        Assert.NotEqual(8u, node.Last<Pong>().Number);
    }
}
