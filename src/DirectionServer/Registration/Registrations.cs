using System.Diagnostics.CodeAnalysis;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.DirectionServer.Registration;

/// <summary>All nodes of the zone that the DS knows: registered now, or remembered.</summary>
internal sealed class Registrations
{
    private static readonly TimeSpan StoreEvery = TimeSpan.FromHours(12); // an unchanged registration is written no more often

    private readonly DirectionOptions _options;
    private readonly IRegistrationStore _store;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, NodeRecord> _nodes = [];
    private readonly Dictionary<ulong, NodeRecord> _byNetwork = []; // the first of two whose hashes are one

    public Registrations(DirectionOptions options, IRegistrationStore store, TimeProvider time)
    {
        _options = options;
        _store = store;
        _time = time;
        foreach (RememberedNode remembered in store.Load())
        {
            Recall(remembered);
        }
    }

    /// <summary>Nodes known, registered or not.</summary>
    public int Count => _nodes.Count;

    /// <summary>How often the set of known nodes changed, or the key of one of them.</summary>
    public uint Changes { get; private set; }

    /// <summary>Nodes registered now.</summary>
    public int LiveCount => _nodes.Values.Count(IsLive);

    /// <summary>Finds a node by its name in full.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out NodeRecord? node) => _nodes.TryGetValue(name, out node);

    /// <summary>Finds the node whose devices have virtual IPv6 addresses like this one.</summary>
    public bool TryFind(UInt128 address, [NotNullWhen(true)] out NodeRecord? node) => _byNetwork.TryGetValue(VirtualIpv6.Network(address), out node);

    /// <summary>Whether a node is registered now: its session gave a sign within the lifetime.</summary>
    public bool IsLive(NodeRecord node) =>
        node.Session is { IsUp: true } session && _time.Milliseconds() - session.LastHeard <= _options.Lifetime.TotalMilliseconds;

    /// <summary>Registers the node of a session.</summary>
    /// <returns>What becomes of it; when accepted, the session's state is the node's record.</returns>
    public RegistrationResult Register(ServerSession session, RegistrationRequest request)
    {
        if (!IsNodeOfZone(session.Name))
        {
            return RegistrationResult.NameNotYours;
        }

        if (!NodeBundle.TryRead(request.Bundle, out NodeBundle? bundle))
        {
            return RegistrationResult.BadBundle;
        }

        if (bundle.Node != session.Name)
        {
            return RegistrationResult.NameNotYours;
        }

        if (!IsOwnBundle(bundle, session, request.Bundle))
        {
            return RegistrationResult.BadBundle;
        }

        if (!_nodes.TryGetValue(session.Name, out NodeRecord? node))
        {
            if (_nodes.Count >= _options.MaxNodes)
            {
                return RegistrationResult.TooManyDevices;
            }

            Add(node = NewRecord(session.Name));
        }

        return Update(node, session, request, bundle);
    }

    /// <summary>Forgets nodes not seen for weeks.</summary>
    public void ForgetOld()
    {
        DateTimeOffset oldest = _time.GetUtcNow() - _options.Remembered;
        foreach (NodeRecord node in _nodes.Values.Where(node => node.LastSeen < oldest && !IsLive(node)).ToList())
        {
            _nodes.Remove(node.Name);
            _byNetwork.Remove(VirtualIpv6.Network(node.Name));
            Changes++;
        }
    }

    private RegistrationResult Update(NodeRecord node, ServerSession session, RegistrationRequest request, NodeBundle bundle)
    {
        bool sameKey = node.IdentityKey.AsSpan().SequenceEqual(bundle.IdentityKey);
        if (sameKey && bundle.Serial < node.BundleSerial)
        {
            return RegistrationResult.BadBundle; // an older one, copied
        }

        Changes += sameKey ? 0u : 1u;
        bool stored = sameKey && SameFacts(node.Facts, request) && _time.GetUtcNow() - node.LastSeen < StoreEvery;
        node.IdentityKey = bundle.IdentityKey;
        node.BundleSerial = bundle.Serial;
        node.Facts = request;
        node.Session = session;
        session.State = node;
        if (!stored)
        {
            node.LastSeen = _time.GetUtcNow();
            _store.Remember(new RememberedNode(node.Name, Write(node), node.LastSeen));
        }

        return RegistrationResult.Accepted;
    }

    private bool IsNodeOfZone(string name) =>
        name.EndsWith("." + _options.Zone, StringComparison.Ordinal) && !name.AsSpan(0, name.Length - _options.Zone.Length - 1).Contains('.');

    private static bool IsOwnBundle(NodeBundle bundle, ServerSession session, byte[] bytes) =>
        bundle.IdentityKey.AsSpan().SequenceEqual(session.Certificate.IdentityKey)
        && bundle.StaticKey.AsSpan().SequenceEqual(session.Certificate.StaticKey)
        && BundleSignature.Verify(bytes);

    // Candidates and NAT change with every move; they are worth nothing after a restart.
    private static bool SameFacts(RegistrationRequest one, RegistrationRequest other) =>
        one.Bundle.AsSpan().SequenceEqual(other.Bundle) && one.Devices.AsSpan().SequenceEqual(other.Devices);

    private NodeRecord NewRecord(string name) => new(name, new TokenBucket(_time, _options.DirectionsPerSecond, 10 * _options.DirectionsPerSecond));

    /// <summary>Content for the store: the body of the last RegistrationRequest. The bundle in it tells key and serial.</summary>
    private static byte[] Write(NodeRecord node)
    {
        var content = new byte[node.Facts.BodyLength];
        node.Facts.WriteBody(content);
        return content;
    }

    /// <summary>Content that an older or newer version wrote and that cannot be read is passed over: the node registers again.</summary>
    private void Recall(RememberedNode remembered)
    {
        if (!RegistrationRequest.TryRead(remembered.Content, out RegistrationRequest? facts)
            || !NodeBundle.TryRead(facts.Bundle, out NodeBundle? bundle) || bundle.Node != remembered.Name)
        {
            return;
        }

        NodeRecord node = NewRecord(remembered.Name);
        node.Facts = facts;
        node.IdentityKey = bundle.IdentityKey;
        node.BundleSerial = bundle.Serial;
        node.LastSeen = remembered.LastSeen;
        Add(node);
    }

    private void Add(NodeRecord node)
    {
        _nodes[node.Name] = node;
        _byNetwork.TryAdd(VirtualIpv6.Network(node.Name), node);
    }
}
