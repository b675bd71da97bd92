using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Servers;

/// <summary>
/// Our one-time keys. The DS hands the public halves out, each for one handshake with us, so that data may ride on its first message
/// (docs/decisions/0022). The private halves live in memory only and are erased with their use: what was said under them can neither be said again nor be
/// opened later, and a restart forgets them all.
/// </summary>
internal sealed class PrekeyDesk(NodeIdentity identity, IRandom random)
{
    private const int PauseMs = 5_000;
    private Dictionary<uint, X25519KeyPair> _keys = [];
    private Dictionary<uint, X25519KeyPair> _former = []; // of directions that are on their way
    private PrekeyOffer? _offer;
    private Retry? _offering;
    private uint _lastId;
    private int _given;
    private long _offeredMs = long.MinValue / 2;

    /// <summary>When the offer is to be repeated.</summary>
    public long DueMs => _offering?.DueMs ?? long.MaxValue;

    /// <summary>A private key that nobody has used yet; null: no such.</summary>
    public X25519KeyPair? Find(uint id) => _keys.GetValueOrDefault(id) ?? _former.GetValueOrDefault(id);

    /// <summary>A key has been used: from now on nobody can open what was sealed with it.</summary>
    public void Erase(uint id)
    {
        if (_keys.Remove(id, out var key) || _former.Remove(id, out key))
        {
            key.Dispose();
        }
    }

    /// <summary>Nothing that was or will be said under our keys can be opened from now on.</summary>
    public void EraseAll()
    {
        foreach (var key in _keys.Values.Concat(_former.Values))
        {
            key.Dispose();
        }

        _keys.Clear();
        _former.Clear();
    }

    /// <summary>The DS has none of our keys, or will soon have none: new ones, in place of all before.</summary>
    public void Offer(NodeContext node)
    {
        foreach (var unused in _former.Values)
        {
            unused.Dispose();
        }

        (_former, _keys, _given, _offeredMs) = (_keys, [], 0, node.NowMs);
        _lastId = _lastId == 0 ? (uint)node.RandomNumber() : _lastId; // what a former start gave away has other names
        var prekeys = new Prekey[PrekeyOffer.MaxCount];
        for (var i = 0; i < prekeys.Length; i++)
        {
            _lastId = _lastId == uint.MaxValue ? 1 : _lastId + 1;
            var key = _keys[_lastId] = X25519KeyPair.Generate(random);
            prekeys[i] = PrekeySignature.Create(identity, _lastId, key.PublicKey);
        }

        _offer = new PrekeyOffer(node.NextNumber(), prekeys);
        _offering = new Retry(250, 4000, int.MaxValue);
    }

    /// <summary>The DS gave one of our keys to a peer.</summary>
    public void OnGiven(NodeContext node)
    {
        if (++_given >= PrekeyOffer.MaxCount / 2 && _offering is null && node.NowMs - _offeredMs >= PauseMs)
        {
            Offer(node);
        }
    }

    /// <summary>The DS has the keys.</summary>
    public void OnAcknowledged(in PrekeyOfferAck ack)
    {
        if (ack.Number == _offer?.Number)
        {
            _offering = null;
        }
    }

    public void Tick(ServerConnection server, long now)
    {
        if (server.IsUp && _offering?.IsDue(now) == true)
        {
            server.Send(_offer!);
        }
    }
}
