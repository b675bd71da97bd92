using NTMobile.Security.Channel;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.DirectionServer.Registration;

/// <summary>One node as the DS knows it. Written only by <see cref="Registrations"/>.</summary>
internal sealed class NodeRecord(string name, TokenBucket directions)
{
    private RegistrationRequest? _facts;
    private HashSet<string> _devices = [];

    public string Name => name;

    /// <summary>Bounds what the node asks for.</summary>
    public TokenBucket Directions => directions;

    /// <summary>The last answers to it.</summary>
    public Direction.AnswerCache Answers { get; } = new();

    /// <summary>The Ed25519 key that the certificate gives the name, 32 bytes.</summary>
    public byte[] IdentityKey { get; set; } = [];

    /// <summary>Serial number of the bundle; an older bundle is refused.</summary>
    public ulong BundleSerial { get; set; }

    /// <summary>One-time keys that it gave in its present session and that nobody got yet.</summary>
    public Queue<Prekey> Prekeys { get; set; } = [];

    /// <summary>Public addresses of devices that ordinary hosts may resolve, by label.</summary>
    public IReadOnlyDictionary<string, PublishedName> Published { get; set; } = new Dictionary<string, PublishedName>();

    /// <summary>The node's session, or null while it has none.</summary>
    public ServerSession? Session { get; set; }

    /// <summary>When the node was last registered, by the wall clock: only for forgetting it after weeks.</summary>
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>What the node said of itself last.</summary>
    public RegistrationRequest Facts
    {
        get => _facts ?? throw new InvalidOperationException("The node is not registered.");
        set
        {
            _facts = value;
            _devices = [.. value.Devices];
        }
    }

    /// <summary>The label of the device with this virtual IPv6 address; null: it has none.</summary>
    public string? LabelOf(UInt128 address) => _devices.FirstOrDefault(label => VirtualIpv6.Of(name, label) == address);

    /// <summary>Whether the node registered a device with this label.</summary>
    public bool HasDevice(string label) => _devices.Contains(label);
}
