using System.Buffers.Binary;
using NTMobile.DirectionServer.Registration;
using NTMobile.DirectionServer.Relays;
using NTMobile.Packets;
using NTMobile.Security.Channel;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.DirectionServer;

// What nodes ask for. A DirectionRequest's way:
// 1. the asker is registered; 2. an answer given before is given again; 3. its rate; 4. the name: node by the label before the zone, device by the one
// before that; 5. both nodes live; 6. rendezvous id, slot, one of the wanted node's one-time keys; 7. RouteDirection to both, repeated to the responder until it acknowledges.
public sealed partial class DirectionService
{
    private static readonly TimeSpan PassLife = TimeSpan.FromSeconds(300); // docs/protocol.md §2, slot pass

    private bool Register(ServerSession session, in Endpoint from, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!RegistrationRequest.TryRead(body, out RegistrationRequest? request))
        {
            return false;
        }

        RegistrationResult result = _nodes.Register(session, request);
        switch (result)
        {
            case RegistrationResult.Accepted:
                RegistrationsAccepted++;
                break;
            case RegistrationResult.NameNotYours:
                Refused.Add(DirectionDrop.NameNotYours);
                break;
            case RegistrationResult.BadBundle:
                Refused.Add(DirectionDrop.BadBundle);
                break;
            default:
                Refused.Add(DirectionDrop.TooMany);
                break;
        }

        bool accepted = result == RegistrationResult.Accepted;
        if (accepted && _options.OtherEndpoints.Count > 0)
        {
            reply.Append(new OtherEndpoints([.. _options.OtherEndpoints]));
        }

        uint lifetime = accepted ? (uint)_options.Lifetime.TotalSeconds : 0;
        reply.Append(new RegistrationResponse(request.Request, result, lifetime, from, accepted ? [.. _options.Relays] : []));
        return true;
    }

    private bool Direct(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!DirectionRequest.TryRead(body, out DirectionRequest? request))
        {
            return false;
        }

        if (session.State is not NodeRecord asker)
        {
            Refuse(request.Request, DirectionRefusalReason.NotForYou, reply);
            return true;
        }

        if (asker.Answers.Find(request.Request, request.Device) is { } known)
        {
            reply.Append(known);
            return true;
        }

        if (TryDirect(asker, request, out RouteDirection? direction) is { } refused)
        {
            Refuse(request.Request, refused, reply);
            return true;
        }

        asker.Answers.Add(request.Request, request.Device, direction!);
        reply.Append(direction!);
        return true;
    }

    private DirectionRefusalReason? TryDirect(NodeRecord asker, DirectionRequest request, out RouteDirection? direction)
    {
        direction = null;
        if (!asker.Directions.TryTake() || _unacknowledged.Count >= _options.MaxUnacknowledged)
        {
            return DirectionRefusalReason.TooManyRequests;
        }

        if (!TryFindDevice(request.Device, out NodeRecord? wanted))
        {
            return DirectionRefusalReason.NoSuchName;
        }

        if (wanted == asker)
        {
            return DirectionRefusalReason.NotForYou;
        }

        if (!_nodes.IsLive(wanted!))
        {
            return DirectionRefusalReason.NotRegistered;
        }

        direction = DirectBoth(asker, wanted!, request);
        return null;
    }

    /// <summary>Finds the node of a device's name in full; the node's own name is a name too.</summary>
    private bool TryFindDevice(string name, out NodeRecord? node)
    {
        node = null;
        if (!name.EndsWith("." + _options.Zone, StringComparison.Ordinal))
        {
            return false;
        }

        string inZone = name[..^(_options.Zone.Length + 1)];
        int dot = inZone.LastIndexOf('.');
        return _nodes.TryFind(name[(dot + 1)..], out node) && (dot < 0 || node.HasDevice(inZone[..dot]));
    }

    private RouteDirection DirectBoth(NodeRecord asker, NodeRecord wanted, DirectionRequest request)
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        _random.Fill(id);
        ulong rendezvous = BinaryPrimitives.ReadUInt64LittleEndian(id);
        (RelaySlot? ofAsker, RelaySlot? ofWanted) = MakeSlot(rendezvous);
        Prekey? prekey = wanted.Prekeys.TryDequeue(out Prekey? next) ? next : null;
        RouteDirection toWanted = About(asker, DirectionRole.Responder, request with { Request = 0 }, rendezvous, ofWanted) with { Prekey = prekey };
        _unacknowledged.Send(rendezvous, wanted, new FrameBuilder().Append(toWanted).ToArray());
        DirectionsGiven++;
        return About(wanted, DirectionRole.Initiator, request, rendezvous, ofAsker) with { Prekey = prekey };
    }

    private static RouteDirection About(NodeRecord peer, DirectionRole role, DirectionRequest request, ulong rendezvous, RelaySlot? slot) =>
        new(request.Request, rendezvous, role, peer.Name, request.Device, peer.Facts.Mapping, peer.Facts.Filtering, peer.Facts.SealedCandidates, peer.Facts.Bundle, slot, null);

    /// <summary>A slot on one of the relays that answer; the rendezvous id, which is random, spreads slots over them.</summary>
    private (RelaySlot? Asker, RelaySlot? Wanted) MakeSlot(ulong rendezvous)
    {
        List<RelaySupply> ready = _relays.FindAll(relay => relay.IsReady);
        if (ready.Count == 0)
        {
            return (null, null);
        }

        RelaySupply chosen = ready[(int)(rendezvous % (ulong)ready.Count)];
        (SlotPass initiator, SlotPass responder) = chosen.MakePasses(PassLife);
        return (new RelaySlot(chosen.Relay, initiator), new RelaySlot(chosen.Relay, responder));
    }

    private void Refuse(uint request, DirectionRefusalReason reason, FrameBuilder reply)
    {
        Refused.Add(reason switch
        {
            DirectionRefusalReason.NoSuchName => DirectionDrop.NoSuchName,
            DirectionRefusalReason.NotRegistered => DirectionDrop.NotRegistered,
            DirectionRefusalReason.TooManyRequests => DirectionDrop.TooOften,
            _ => DirectionDrop.NotForYou,
        });
        reply.Append(new DirectionRefusal(request, reason));
    }

    private bool Acknowledge(ServerSession session, ReadOnlySpan<byte> body)
    {
        if (!RouteDirectionAck.TryRead(body, out RouteDirectionAck ack))
        {
            return false;
        }

        if (session.State is NodeRecord node)
        {
            _unacknowledged.Acknowledge(ack.RendezvousId, node);
        }

        return true;
    }

    // Of a node that is not registered, or not any more, it stays unanswered: the node offers again.
    private static bool TakePrekeys(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!PrekeyOffer.TryRead(body, out PrekeyOffer? offer))
        {
            return false;
        }

        if (session.State is NodeRecord node)
        {
            node.Prekeys = new(offer.Prekeys);
            reply.Append(new PrekeyOfferAck(offer.Number));
        }

        return true;
    }

    // As with one-time keys: who is not registered gets no answer, and tells again.
    private bool NamePublished(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!PublishedNames.TryRead(body, out PublishedNames? names))
        {
            return false;
        }

        if (session.State is NodeRecord node)
        {
            bool[] answered = [.. names.Names.Select(name => _relays.Exists(relay => relay.Publishes(name)))];
            node.Published = names.Names.Where((_, i) => answered[i]).DistinctBy(name => name.Label).ToDictionary(name => name.Label);
            reply.Append(new PublishedNamesAck(names.Request, answered));
        }

        return true;
    }

    // Who asks too often gets no answer, and asks again. The answer is what the name server tells everybody who knows the name.
    private bool NameDevice(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!DeviceNameRequest.TryRead(body, out DeviceNameRequest request))
        {
            return false;
        }

        if (session.State is NodeRecord asker && asker.Directions.TryTake())
        {
            string? label = _nodes.TryFind(request.Address, out NodeRecord? owner) && _nodes.IsLive(owner) ? owner.LabelOf(request.Address) : null;
            reply.Append(new DeviceName(request.Request, label is null ? null : $"{label}.{owner!.Name}"));
        }

        return true;
    }

    // As above.
    private bool TellPublished(ServerSession session, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!PublishedAddressRequest.TryRead(body, out PublishedAddressRequest? request))
        {
            return false;
        }

        if (session.State is NodeRecord asker && asker.Directions.TryTake())
        {
            string[] parts = request.Device.Split('.', 2);
            bool isLive = _nodes.TryFind(parts[^1], out NodeRecord? owner) && _nodes.IsLive(owner);
            PublishedName found = isLive ? owner!.Published.GetValueOrDefault(parts[0]) : default;
            reply.Append(new PublishedAddress(request.Request, found.Address, found.Ipv6));
        }

        return true;
    }

    /// <summary>Keeps the sessions' calls off the public surface.</summary>
    private sealed class Owner(DirectionService service) : ISessionOwner
    {
        /// <summary>A node that had a session takes its record along and stays registered; its request numbers begin anew. Perhaps it restarted and has forgotten its one-time keys.</summary>
        public void OnUp(ServerSession session, ServerSession? former)
        {
            if (former?.State is NodeRecord node)
            {
                node.Session = session;
                node.Answers.Clear();
                node.Prekeys.Clear();
                session.State = node;
            }
        }

        public bool OnFrame(ServerSession session, in Endpoint from, FrameType type, ReadOnlySpan<byte> body, FrameBuilder reply) => type switch
        {
            FrameType.RegistrationRequest => service.Register(session, from, body, reply),
            FrameType.DirectionRequest => service.Direct(session, body, reply),
            FrameType.RouteDirectionAck => service.Acknowledge(session, body),
            FrameType.PrekeyOffer => TakePrekeys(session, body, reply),
            FrameType.DeviceNameRequest => service.NameDevice(session, body, reply),
            FrameType.PublishedNames => service.NamePublished(session, body, reply),
            FrameType.PublishedAddressRequest => service.TellPublished(session, body, reply),
            _ => !Enum.IsDefined(type),
        };

        public void OnAnswered(ServerSession session)
        {
        }

        public void OnMoved(ServerSession session, Endpoint former)
        {
        }

        public void OnDown(ServerSession session)
        {
            if (session.State is NodeRecord node && node.Session == session)
            {
                node.Session = null;
            }
        }
    }
}
