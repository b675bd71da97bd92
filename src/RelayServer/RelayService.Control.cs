using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer;

// What nodes and DSs ask of the relay: keys, joins; and what the sessions tell about them.
public sealed partial class RelayService
{
    // Legs that joined in the datagram at hand: what was kept for them goes out behind the answer.
    private readonly List<RelayLeg> _justJoined = [];

    private bool TakeKey(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (session.Certificate.Role != CertificateRole.DirectionServer || !RelayKey.TryRead(body, out RelayKey? key) || !_keys.TryAdd(session.Name, key))
        {
            return false;
        }

        reply.Append(new RelayKeyAck(key.KeyId));
        if (Egress?.Publishing is { } publishing)
        {
            reply.Append(publishing.Addresses);
        }

        return true;
    }

    private bool Join(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (session.State is not RelayNode node || !RelayJoin.TryRead(body, out RelayJoin join))
        {
            return false;
        }

        if (TryJoin(node, new RelayJoinTerms(join.Pass, join.Send, join.Receive), out RelayLeg? leg) is { } refused)
        {
            reply.Append(new RelayRefused(join.Request, refused));
            return true;
        }

        leg!.LastUsed = _now;
        _justJoined.Add(leg);
        reply.Append(new RelayJoined(join.Request, leg.Partner is not null));
        return true;
    }

    // A node that is on the move is not answered: it asks again, from a place that is valid by then.
    private bool AskEgress(ServerSession session, in Endpoint from, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (session.State is not RelayNode node || !EgressRequest.TryRead(body, out EgressRequest request))
        {
            return false;
        }

        if (Egress is null)
        {
            reply.Append(new EgressRefused(request.Request, EgressRefusedReason.NotOffered));
        }
        else if (from == session.Source)
        {
            Egress.Ask(session, node, in request);
        }

        return true;
    }

    private bool Publish(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (session.State is not RelayNode node || !PublishRequest.TryRead(body, out PublishRequest? request))
        {
            return false;
        }

        if ((Egress is null ? EgressService.NotPublished(request.Devices) : Egress.Publish(node, request.Devices, _now)) is { } places)
        {
            reply.Append(new PublishResponse(request.Request, places));
        }

        return true;
    }

    private RelayRefusedReason? TryJoin(RelayNode node, RelayJoinTerms terms, out RelayLeg? leg)
    {
        RelaySlotState? slot = _slots.GetValueOrDefault(terms.Pass.Slot);
        leg = slot?.Legs[terms.Pass.Leg];
        if (leg is not null && leg.Node == node && leg.Terms == terms)
        {
            return null; // a repeated join; its pass may be old by now
        }

        bool taken = (leg is not null && leg.Node != node) || slot?.Legs[1 - terms.Pass.Leg]?.Node == node;
        if ((taken ? RelayRefusedReason.BadPass : _keys.Check(terms.Pass)) is { } refused)
        {
            return refused;
        }

        if (leg is not null)
        {
            return TryChangePaths(leg, terms) ? null : RelayRefusedReason.PathIdTaken;
        }

        if ((slot is null && _slots.Count >= _options.MaxSlots) || !HasRoom(node))
        {
            return RelayRefusedReason.Full;
        }

        slot ??= new RelaySlotState(terms.Pass.Slot);
        leg = new RelayLeg(slot, node, terms);
        if (!_paths.TryClaim(terms.Send, leg))
        {
            return RelayRefusedReason.PathIdTaken;
        }

        slot.Legs[terms.Pass.Leg] = leg;
        node.Legs.Add(leg);
        _slots.TryAdd(slot.Id, slot);
        return null;
    }

    /// <summary>A node that lost its state joins its own leg again with new path ids.</summary>
    private bool TryChangePaths(RelayLeg leg, RelayJoinTerms terms)
    {
        if (terms.Send != leg.Terms.Send)
        {
            if (!_paths.TryClaim(terms.Send, leg))
            {
                return false;
            }

            _paths.Release(leg.Terms.Send);
        }

        leg.Terms = terms;
        return true;
    }

    private bool HasRoom(RelayNode node)
    {
        if (node.Legs.Count < _options.MaxSlotsPerNode)
        {
            return true;
        }

        RelaySlotState idlest = node.Legs.MinBy(leg => leg.Slot.LastUsed)!.Slot;
        if (_now - idlest.LastUsed < _options.SlotLife.TotalMilliseconds)
        {
            return false;
        }

        Remove(idlest);
        return true;
    }

    private void Remove(RelaySlotState slot)
    {
        _slots.Remove(slot.Id);
        foreach (RelayLeg leg in slot.Legs.OfType<RelayLeg>())
        {
            _paths.Release(leg.Terms.Send);
            leg.Node.Legs.Remove(leg);
            ForgetIfDone(leg.Node);
        }
    }

    private void ForgetIfDone(RelayNode node)
    {
        if (node.Session is null && node.Legs.Count == 0)
        {
            _nodes.Remove(node.Name);
            if (node.Egress is { } egress)
            {
                Egress!.Remove(egress, _time.Milliseconds());
                node.Egress = null;
            }
        }
    }

    private void Up(ServerSession session)
    {
        if (session.Certificate.Role != CertificateRole.Node)
        {
            return;
        }

        if (!_nodes.TryGetValue(session.Name, out RelayNode? node))
        {
            _nodes.Add(session.Name, node = new RelayNode(session.Name));
        }

        node.Session = session;
        session.State = node;
        DeliverLocators(node);
    }

    private void DeliverLocators(RelayNode node)
    {
        foreach (RelayLeg leg in node.Legs)
        {
            Deliver(leg, leg.Partner?.Locator);
        }
    }

    private void DeliverToJoined()
    {
        foreach (RelayLeg leg in _justJoined)
        {
            Deliver(leg, leg.Partner?.Handshake);
            Deliver(leg, leg.Partner?.Locator);
        }

        _justJoined.Clear();
    }

    /// <summary>Sends to a leg's node what its partner had sent before.</summary>
    private void Deliver(RelayLeg to, byte[]? kept)
    {
        if (kept is null || to.Node.Session is not { } session)
        {
            return;
        }

        var type = (DatagramType)kept[0];
        DatagramHeader.WritePathId(kept, PathId.Read(kept.AsSpan(DatagramHeader.PathIdAt)).WithPathOf(to.Terms.Receive));
        Forwarded.Add(type, 1, kept.Length);
        _output.Send(session.Source, kept, kept.Length);
    }

    /// <summary>Keeps the sessions' calls off the public surface.</summary>
    private sealed class Owner(RelayService relay) : ISessionOwner
    {
        public void OnUp(ServerSession session, ServerSession? former) => relay.Up(session);

        public bool OnFrame(ServerSession session, in Endpoint from, FrameType type, ReadOnlySpan<byte> body, FrameBuilder reply) => type switch
        {
            FrameType.RelayKey => relay.TakeKey(session, body, reply),
            FrameType.RelayJoin => relay.Join(session, body, reply),
            FrameType.EgressRequest => relay.AskEgress(session, from, body, reply),
            FrameType.PublishRequest => relay.Publish(session, body, reply),
            _ => !Enum.IsDefined(type),
        };

        public void OnAnswered(ServerSession session) => relay.DeliverToJoined();

        public void OnMoved(ServerSession session, Endpoint former)
        {
            if (session.State is RelayNode node)
            {
                relay.DeliverLocators(node);
            }
        }

        public void OnDown(ServerSession session)
        {
            if (session.State is RelayNode node && node.Session == session)
            {
                node.Session = null;
                relay.ForgetIfDone(node);
            }
        }
    }
}
