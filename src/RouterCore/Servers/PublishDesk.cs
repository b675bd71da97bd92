using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

/// <summary>How far a published device is.</summary>
public enum PublishState
{
    /// <summary>The relay server or the DS has not answered yet.</summary>
    Waiting,

    /// <summary>Ordinary hosts reach it by its name.</summary>
    Published,

    /// <summary>The device has no IPv4 address.</summary>
    NoAddress,

    /// <summary>The relay server publishes nobody's devices.</summary>
    NotOffered,

    /// <summary>One of its ports is taken at every public address.</summary>
    PortsTaken,

    /// <summary>More ports than the relay server gives one device, or more ranges than a request has room for.</summary>
    TooManyPorts,

    /// <summary>The relay server gives this router no further device.</summary>
    Full,

    /// <summary>The relay server's machine refused to let the ports in.</summary>
    NotOpened,

    /// <summary>The DS does not answer with an address of this relay server.</summary>
    NotNamed,
}

/// <summary>A device that the owner publishes.</summary>
/// <param name="Label">Its label.</param>
/// <param name="State">How far it is.</param>
/// <param name="Address">The public IPv4 address, 0 while there is none.</param>
/// <param name="Ipv6">The public IPv6 address, 0 while there is none.</param>
public sealed record PublishStatus(string Label, PublishState State, uint Address, UInt128 Ipv6);

/// <summary>
/// What the owner publishes: the relay server is asked for public addresses, and the DS is told what to answer with. Both are told the whole list each
/// time, again after each loss of either, and until they answer.
/// </summary>
internal sealed class PublishDesk(NodeContext node)
{
    private const int AgainMs = 30_000; // after a refusal, since others come and go
    private const int TriesForNothing = 5;
    private readonly Dictionary<string, PublishedPlace> _places = [];
    private readonly Dictionary<string, uint> _former = [];
    private readonly Dictionary<string, PublishState> _outside = []; // not asked for
    private readonly Dictionary<uint, (string Label, SharedPorts Ports)> _open = [];
    private PublishedDevice[] _wanted = [];
    private PublishedName[] _names = [];
    private bool[] _named = [];
    private ServerConnection? _relay;
    private Retry? _asking;
    private Retry? _telling;
    private uint _asked;
    private uint _told;
    private long _askAgainMs = long.MaxValue;
    private long _tellAgainMs = long.MaxValue;

    /// <summary>Whether a relay server is needed: for devices, or to be told that there are none any more.</summary>
    public bool NeedsRelay => _wanted.Length > 0 || (_relay is not null && _asking is { HasTries: true });

    /// <summary>When the relay server is to be asked.</summary>
    public long AskDueMs => Math.Min(DueMs(_asking), _askAgainMs);

    /// <summary>When the DS is to be told.</summary>
    public long TellDueMs => Math.Min(DueMs(_telling), _tellAgainMs);

    public IEnumerable<PublishStatus> Status() =>
        _outside.Select(o => new PublishStatus(o.Key, o.Value, 0, 0)).Concat(_wanted.Select(d =>
        {
            var place = _places.GetValueOrDefault(d.Label);
            return new PublishStatus(d.Label, StateOf(d.Label), place.Address, place.Ipv6);
        }));

    /// <summary>The owner's will, with the addresses that devices have now.</summary>
    public void Set(IEnumerable<SharedDevice> devices)
    {
        _outside.Clear();
        var wanted = new List<PublishedDevice>();
        _open.Clear();
        foreach (var device in devices.Where(d => d.Published.Count > 0))
        {
            if (device.Published.Count > PublishedDevice.MaxRanges || wanted.Count == PublishRequest.MaxDevices)
            {
                _outside[device.Device.Label] = wanted.Count == PublishRequest.MaxDevices ? PublishState.Full : PublishState.TooManyPorts;
            }
            else if (device.Device.Address == 0)
            {
                _outside[device.Device.Label] = PublishState.NoAddress;
            }
            else
            {
                wanted.Add(ToRequest(device));
                _open[device.Device.Address] = (device.Device.Label, new SharedPorts(device.Published, false));
            }
        }

        // None is not the same as never any: of connections that an end was put to, packets may still come.
        if (_open.Count > 0 || node.Tables.Public is not null)
        {
            LetIn();
        }

        if (!wanted.Select(Text).SequenceEqual(_wanted.Select(Text)))
        {
            _wanted = [.. wanted];
            Ask();
        }
    }

    /// <summary>The relay server that takes packets for this router from now on, or knows us anew; null: none.</summary>
    public void Use(ServerConnection? relay)
    {
        var isKnown = relay == _relay;
        _relay = relay;
        if (relay is null)
        {
            (_asking, _askAgainMs) = (null, long.MaxValue);
        }
        else if (_wanted.Length > 0 || isKnown)
        {
            Ask();
        }
    }

    public void TickRelay(long now)
    {
        if (now >= _askAgainMs)
        {
            Ask();
        }

        if (_relay is { IsUp: true } relay && _asking?.IsDue(now) == true)
        {
            relay.Send(new PublishRequest(_asked, [.. _wanted.Select(d => d with { Former = _former.GetValueOrDefault(d.Label) })]));
        }
    }

    /// <returns>False: malformed.</returns>
    public bool OnResponse(ServerConnection relay, ReadOnlySpan<byte> body)
    {
        if (!PublishResponse.TryRead(body, out var response))
        {
            return false;
        }

        if (relay != _relay || response.Request != _asked || _asking is null || response.Places.Length != _wanted.Length)
        {
            return true;
        }

        _asking = null;
        _places.Clear();
        foreach (var (device, place) in _wanted.Zip(response.Places))
        {
            _places[device.Label] = place;
            if (place.Result == PublishResult.Published)
            {
                _former[device.Label] = place.Address;
            }
        }

        LetIn();
        _askAgainMs = response.Places.Any(p => p.Result != PublishResult.Published) ? node.NowMs + AgainMs : long.MaxValue;
        Tell();
        return true;
    }

    /// <summary>The relay server takes no packets of devices at all.</summary>
    public void OnNotOffered()
    {
        foreach (var device in _wanted)
        {
            _places[device.Label] = PublishedPlace.Refused(PublishResult.NotOffered);
        }

        Tell();
    }

    /// <summary>The DS knows this router anew, but perhaps not what it publishes.</summary>
    public void OnRegistered() => Begin();

    public void TickDirections(ServerConnection server, long now)
    {
        if (now >= _tellAgainMs)
        {
            Begin();
        }

        if (server.IsUp && _telling?.IsDue(now) == true)
        {
            server.Send(new PublishedNames(_told, _names));
        }
    }

    /// <returns>False: malformed.</returns>
    public bool OnNamed(ReadOnlySpan<byte> body)
    {
        if (!PublishedNamesAck.TryRead(body, out var ack))
        {
            return false;
        }

        if (ack.Request == _told && _telling is not null && ack.Answered.Length == _names.Length)
        {
            (_named, _telling) = (ack.Answered, null);
            _tellAgainMs = ack.Answered.Contains(false) ? node.NowMs + AgainMs : long.MaxValue;
        }

        return true;
    }

    private void LetIn() =>
        node.Tables.Public = new PublicPorts(_open.ToDictionary(d => d.Key, d => new PublicDevice(d.Value.Ports, _places.GetValueOrDefault(d.Value.Label).Ipv6)));

    private void Ask()
    {
        _askAgainMs = long.MaxValue;
        if (_relay is not null)
        {
            _asked = node.NextNumber();
            _asking = NewRetry(_wanted.Length);
        }

        Tell(); // what is no longer published must not be found
    }

    private void Tell()
    {
        PublishedName[] names =
        [
            .. _wanted.Where(d => _places.TryGetValue(d.Label, out var place) && place.Result == PublishResult.Published)
                .Select(d => new PublishedName(d.Label, _places[d.Label].Address, _places[d.Label].Ipv6)),
        ];
        if (!names.SequenceEqual(_names))
        {
            _names = names;
            Begin();
        }
    }

    private void Begin()
    {
        (_told, _named, _tellAgainMs) = (node.NextNumber(), [], long.MaxValue);
        _telling = NewRetry(_names.Length);
    }

    // That there is nothing is not said for ever to a server that may not understand.
    private static Retry NewRetry(int count) => new(250, 4000, count > 0 ? int.MaxValue : TriesForNothing);

    private static long DueMs(Retry? retry) => retry is { HasTries: true } ? retry.DueMs : long.MaxValue;

    private PublishState StateOf(string label)
    {
        if (_asking is not null || !_places.TryGetValue(label, out var place))
        {
            return PublishState.Waiting;
        }

        var at = Array.FindIndex(_names, n => n.Label == label);
        return place.Result switch
        {
            PublishResult.NotOffered => PublishState.NotOffered,
            PublishResult.PortsTaken => PublishState.PortsTaken,
            PublishResult.TooManyPorts => PublishState.TooManyPorts,
            PublishResult.Full => PublishState.Full,
            PublishResult.NotOpened => PublishState.NotOpened,
            _ when at < 0 || at >= _named.Length => PublishState.Waiting,
            _ => _named[at] ? PublishState.Published : PublishState.NotNamed,
        };
    }

    private static PublishedDevice ToRequest(SharedDevice device) => new(
        device.Device.Label, device.Device.Address, 0, [.. device.Published.Select(r => new PublishedPorts(r.Protocol, r.First, r.Last)).OrderBy(p => p.Protocol).ThenBy(p => p.First)]);

    private static string Text(PublishedDevice device) => $"{device.Label} {device.Own} {string.Join(',', device.Ports)}";
}
