using System.Buffers.Binary;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire.Frames;

namespace NTMobile.DirectionServer.Relays;

/// <summary>The DS's session with one relay server, and the keys with which it signs passes for that relay.</summary>
/// <remarks>
/// A new key is made every hour; it is used once the relay has acknowledged it, until then the former one is. A new session gets both,
/// since the relay may have lost them. The session is renewed with the key. A relay that does not answer gives no slots.
/// </remarks>
internal sealed class RelaySupply
{
    private const long PingEvery = 2_000; // ms, like all times here
    private const long SilentAfter = 5_000;
    private const long RenewEvery = 3_600_000;
    private const long KeyRepeat = 500;
    private const long FirstRetry = 250;
    private const long LongestRetry = 5_000;
    private const int RetriesPerHandshake = 4; // after so many copies a fresh one is made

    private readonly IDatagramOutput _output;
    private readonly IRandom _random;
    private readonly TimeProvider _time;
    private readonly NodeIdentity _self;
    private readonly PathTable _paths;
    private readonly List<PassKey> _keys = []; // oldest first, at most two
    private ServerLink _link;
    private PublicAddresses _public = new([], null);
    private byte[] _init = [];
    private bool _shaking; // a handshake is under way, perhaps beside a session that is up
    private int _copies; // of the HandshakeInit, sent in this attempt
    private long _retryAt;
    private long _pingAt;
    private long _keysAt;
    private long _renewAt;
    private long _lastHeard;
    private uint _pings;

    public RelaySupply(Relay relay, NodeIdentity self, byte[] certificate, PathTable paths, IDatagramOutput output, IRandom random, TimeProvider time)
    {
        Relay = relay;
        _output = output;
        _random = random;
        _time = time;
        _self = self;
        _paths = paths;
        _link = NewLink(certificate);
        _renewAt = time.Milliseconds() + RenewEvery;
        _keys.Add(new PassKey(random));
    }

    /// <summary>The relay.</summary>
    public Relay Relay { get; }

    /// <summary>Whether passes for it are any good now.</summary>
    public bool IsReady => IsAlive && _keys.Exists(key => key.IsUsable);

    /// <summary>Whether published devices are reached through it at these addresses, as far as it said.</summary>
    public bool Publishes(PublishedName name) =>
        _public.Networks.Any(network => network.Contains(name.Address)) && (name.Ipv6 == 0 || _public.Prefix6?.Contains(name.Ipv6) == true);

    private bool IsAlive => _link.IsUp && _time.Milliseconds() - _lastHeard < SilentAfter;

    /// <summary>Shows another certificate from now on. The session begins anew: for one round trip the relay gives no slots.</summary>
    public void Use(byte[] certificate)
    {
        _paths.Release(_link.ReceivePath);
        _link = NewLink(certificate);
        _shaking = false;
        _retryAt = 0;
    }

    /// <summary>Makes the passes of both legs of a new slot.</summary>
    /// <exception cref="InvalidOperationException">The relay is not ready.</exception>
    public (SlotPass Initiator, SlotPass Responder) MakePasses(TimeSpan life)
    {
        PassKey key = _keys.FindLast(key => key.IsUsable) ?? throw new InvalidOperationException("The relay has no key.");
        Span<byte> slot = stackalloc byte[sizeof(ulong)];
        _random.Fill(slot);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(slot);
        ulong expiry = (ulong)((_time.Milliseconds() + (long)life.TotalMilliseconds) / 1000);
        return (key.Sign(number, 0, expiry), key.Sign(number, 1, expiry));
    }

    /// <summary>Sends what is due.</summary>
    public void Tick()
    {
        long now = _time.Milliseconds();
        if (now >= _renewAt)
        {
            Renew(now);
        }

        if (_shaking || !IsAlive)
        {
            Shake(now);
        }

        if (!_link.IsUp)
        {
            return;
        }

        if (now >= _keysAt && _keys.Exists(key => key.NeedsSending))
        {
            _keysAt = now + KeyRepeat;
            SendKeys();
        }

        if (now >= _pingAt)
        {
            _pingAt = now + PingEvery;
            Send(new Ping(++_pings));
        }
    }

    /// <summary>Takes a HandshakeResponse.</summary>
    /// <returns>Whether it was this link's.</returns>
    public bool TryComplete(ReadOnlySpan<byte> datagram)
    {
        bool wasAlive = IsAlive;
        if (!_link.TryCompleteHandshake(datagram))
        {
            return false;
        }

        _lastHeard = _time.Milliseconds();
        _shaking = false;
        _keysAt = _pingAt = 0;
        foreach (PassKey key in _keys)
        {
            key.NeedsSending = true;
            key.IsUsable &= wasAlive;
        }

        Tick();
        return true;
    }

    /// <summary>Takes a Control datagram for this link.</summary>
    /// <returns>False if it was refused.</returns>
    public bool Receive(Span<byte> datagram)
    {
        LinkReceived received = _link.Open(datagram, out ReadOnlySpan<byte> frames);
        if (received == LinkReceived.Refused)
        {
            return false;
        }

        _lastHeard = _time.Milliseconds();
        var reader = new FrameReader(frames);
        while (reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body))
        {
            Take(type, body);
        }

        return !reader.Malformed;
    }

    private ServerLink NewLink(byte[] certificate) => new(_self, certificate, Relay.Endpoint, Relay.PublicKey, _random, _paths.Allocate(this));

    private void Take(FrameType type, ReadOnlySpan<byte> body)
    {
        if (type == FrameType.RelayKeyAck && RelayKeyAck.TryRead(body, out RelayKeyAck ack) && _keys.Find(key => key.Id == ack.KeyId) is { } key)
        {
            key.IsUsable = true;
            key.NeedsSending = false;
        }
        else if (type == FrameType.PublicAddresses && PublicAddresses.TryRead(body, out PublicAddresses? addresses))
        {
            _public = addresses;
        }
        else if (type == FrameType.PathChallenge && PathChallenge.TryRead(body, out PathChallenge challenge))
        {
            Send(new PathResponse(challenge.Nonce, Relay.Endpoint));
        }
    }

    private void Renew(long now)
    {
        _renewAt = now + RenewEvery;
        _keys.Add(new PassKey(_random));
        if (_keys.Count > 2)
        {
            _keys[0].Erase();
            _keys.RemoveAt(0);
        }

        _keysAt = 0;
        _shaking = true;
        _copies = 0;
        _retryAt = 0;
    }

    private void Shake(long now)
    {
        if (now < _retryAt)
        {
            return;
        }

        if (!_shaking)
        {
            _shaking = true;
            _copies = 0;
        }

        if (_copies % RetriesPerHandshake == 0)
        {
            _init = _link.BeginHandshake();
        }

        _retryAt = now + Math.Min(LongestRetry, FirstRetry << Math.Min(_copies, 10));
        _copies++;
        _output.Send(Relay.Endpoint, _init, _init.Length);
    }

    private void SendKeys()
    {
        foreach (PassKey key in _keys.Where(key => key.NeedsSending))
        {
            Send(key.ToFrame());
        }
    }

    private void Send<T>(in T frame)
        where T : IFrame<T>
    {
        foreach (byte[] datagram in _link.Seal(new FrameBuilder().Append(in frame).Written))
        {
            _output.Send(Relay.Endpoint, datagram, datagram.Length);
        }
    }
}
