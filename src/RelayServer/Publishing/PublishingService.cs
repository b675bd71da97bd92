using NTMobile.RelayServer.Egress;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>
/// Which published device is reached at which public address. A device gets an address of its own while there is one that nobody has; after that
/// devices with different ports share addresses. It keeps its address while it is published, and for some time while its node is away, since resolvers
/// everywhere remember it.
/// </summary>
public sealed class PublishingService
{
    private const int MostTried = 4096; // addresses, for one device
    private readonly PublishingOptions _options;
    private readonly IPublicPorts _ports;
    private readonly EgressPool _pool;
    private readonly Dictionary<(string Node, string Label), Publication> _all = [];
    private readonly Dictionary<uint, List<Publication>> _byAddress = [];

    internal PublishingService(PublishingOptions options, IPublicPorts ports, EgressPool pool)
    {
        (_options, _ports, _pool) = (options, ports, pool);
        Ipv6 = options.Prefix6 is { } prefix ? new PublicIpv6(prefix) : null;
    }

    /// <summary>The devices' addresses of IPv6; null: they have none.</summary>
    internal PublicIpv6? Ipv6 { get; }

    /// <summary>The public addresses, for the DSs.</summary>
    internal PublicAddresses Addresses => new([.. _options.Networks], _options.Prefix6);

    /// <summary>Devices that have an address, those of nodes that are away included.</summary>
    public int Count => _all.Count;

    /// <summary>Publishes these devices of a node, and no others of it.</summary>
    /// <returns>What became of each; null: not known yet, or too soon after another change.</returns>
    internal PublishedPlace[]? Set(EgressNode node, PublishedDevice[] devices, long now)
    {
        if (Known(node.Node.Name, devices) is not { } places)
        {
            if (now < node.MayPublishAt)
            {
                return null;
            }

            node.MayPublishAt = now + (long)_options.BetweenChanges.TotalMilliseconds;
            places = Change(node, devices, now);
        }

        return HaveOpened(node.Node.Name, devices, places, now) ? places : null;
    }

    /// <summary>A node is gone, with all its addresses of the pool.</summary>
    internal void Leave(EgressNode node, long now)
    {
        foreach (Publication publication in Of(node.Node.Name))
        {
            publication.End(now);
        }

        Translate();
    }

    /// <summary>Gives up what is kept for nodes that have been away too long.</summary>
    internal void Tick(long now)
    {
        long oldest = now - (long)_options.Held.TotalMilliseconds;
        foreach (Publication away in _all.Values.Where(known => known.Device is null && known.AwaySince < oldest).ToList())
        {
            Forget(away, now);
        }
    }

    // A repeated request.
    private PublishedPlace[]? Known(string node, PublishedDevice[] devices)
    {
        Publication?[] found = [.. devices.Select(device => _all.GetValueOrDefault((node, device.Label)))];
        bool same = Of(node).Count == devices.Length && devices.Zip(found).All(pair => IsSame(pair.Second, pair.First));
        return same ? [.. found.Select(known => known!.Place)] : null;
    }

    private static bool IsSame(Publication? known, PublishedDevice device) =>
        known is { Device: { } at } && at.Own == device.Own && known.Ports.AsSpan().SequenceEqual(device.Ports);

    private PublishedPlace[] Change(EgressNode node, PublishedDevice[] devices, long now)
    {
        var labels = devices.Select(device => device.Label).ToHashSet();
        foreach (Publication ended in Of(node.Node.Name).Where(former => !labels.Contains(former.Label)))
        {
            Forget(ended, now);
        }

        PublishedPlace[] places = [.. devices.Select(device => Publish(node, device, now))];
        Translate();
        return places;
    }

    // Of what the machine could not open nothing is kept. False: it is still at it.
    private bool HaveOpened(string node, PublishedDevice[] devices, PublishedPlace[] places, long now)
    {
        bool?[] opened =
        [
            .. devices.Zip(places, (device, place) =>
                place.Result != PublishResult.Published ? true : _ports.IsInForce(_all[(node, device.Label)].Translation!.Value)),
        ];
        if (opened.Contains(null))
        {
            return false;
        }

        foreach (int failed in Enumerable.Range(0, places.Length).Where(i => opened[i] == false))
        {
            places[failed] = PublishedPlace.Refused(PublishResult.NotOpened);
            if (_all.TryGetValue((node, devices[failed].Label), out Publication? publication))
            {
                Forget(publication, now);
            }
        }

        if (opened.Contains(false))
        {
            Translate();
        }

        return true;
    }

    private List<Publication> Of(string node) => [.. _all.Values.Where(known => known.Node == node)];

    private PublishedPlace Publish(EgressNode node, PublishedDevice wanted, long now)
    {
        var key = (node.Node.Name, wanted.Label);
        uint former = wanted.Former;
        if (_all.TryGetValue(key, out Publication? known))
        {
            if (IsSame(known, wanted))
            {
                return known.Place;
            }

            former = known.Address;
            Forget(known, now);
        }

        if (wanted.Ports.Sum(ports => ports.Last - ports.First + 1) > _options.MaxPortsPerDevice)
        {
            return PublishedPlace.Refused(PublishResult.TooManyPorts);
        }

        if (Of(node.Node.Name).Count >= _options.MaxDevicesPerNode)
        {
            return PublishedPlace.Refused(PublishResult.Full);
        }

        // Behind one address of the pool a port is one device's.
        bool twice = Of(node.Node.Name).Any(other => other.Device?.Own == wanted.Own && Overlap(other.Ports, wanted.Ports));
        if (twice || FindAddress(former, wanted.Ports) is not { } address)
        {
            return PublishedPlace.Refused(PublishResult.PortsTaken);
        }

        if (_pool.Get(node, wanted.Own, now) is not { } device)
        {
            return PublishedPlace.Refused(PublishResult.Full);
        }

        var publication = new Publication(node.Node.Name, wanted.Label, address, Ipv6?.AddressFor(node.Node.Name, wanted.Label) ?? 0, wanted.Ports);
        publication.Begin(device);
        _all.Add(key, publication);
        At(address).Add(publication);
        Ipv6?.Add(publication);
        return publication.Place;
    }

    // The one it had; one that nobody has; the one that the fewest share.
    private uint? FindAddress(uint former, PublishedPorts[] ports)
    {
        if (_options.Networks.Any(network => network.Contains(former)) && IsFree(former, ports))
        {
            return former;
        }

        var shared = _byAddress.OrderBy(pair => pair.Value.Count).Select(pair => pair.Key);
        foreach (uint address in Unused().Take(MostTried).Concat(shared))
        {
            if (IsFree(address, ports))
            {
                return address;
            }
        }

        return null;
    }

    private IEnumerable<uint> Unused()
    {
        foreach (PublicNetwork network in _options.Networks)
        {
            for (ulong i = 0; i < 1ul << (32 - network.Length); i++)
            {
                uint address = network.Address + (uint)i;
                if (!_byAddress.ContainsKey(address))
                {
                    yield return address;
                }
            }
        }
    }

    private bool IsFree(uint address, PublishedPorts[] wanted)
    {
        IEnumerable<PublishedPorts> taken = _byAddress.GetValueOrDefault(address, []).SelectMany(known => known.Ports).Concat(_options.Reserved);
        return !Overlap(taken, wanted) && wanted.All(ports => _ports.IsFree(address, ports));
    }

    private static bool Overlap(IEnumerable<PublishedPorts> some, PublishedPorts[] others) => some.Any(one => others.Any(other => one.Overlaps(other)));

    private List<Publication> At(uint address)
    {
        if (!_byAddress.TryGetValue(address, out List<Publication>? there))
        {
            _byAddress.Add(address, there = []);
        }

        return there;
    }

    private void Forget(Publication publication, long now)
    {
        publication.End(now);
        _all.Remove((publication.Node, publication.Label));
        Ipv6?.Remove(publication);
        List<Publication> there = _byAddress[publication.Address];
        there.Remove(publication);
        if (there.Count == 0)
        {
            _byAddress.Remove(publication.Address);
        }
    }

    private void Translate()
    {
        long number = _ports.Translate(
            [.. from known in _all.Values where known.Device is not null from ports in known.Ports select new PublicPort(known.Address, ports, known.Device!.Pool)]);
        foreach (Publication publication in _all.Values)
        {
            publication.Translation ??= number;
        }
    }
}
