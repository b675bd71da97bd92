using NTMobile.Security.Channel;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer;

/// <summary>The RelayKeys that direction servers gave us, and what we know about their clocks.</summary>
/// <remarks>A pass's expiry is in seconds of its DS's clock, which need not be ours. The DS makes passes of one fixed life, so the newest expiry seen
/// tells its clock at that moment, and our monotonic clock tells the time since then: a lower bound that needs no wall clock at all. It is kept per key,
/// so that a DS that starts again with another clock and new keys is not refused.</remarks>
internal sealed class PassKeys(TimeProvider time, RelayOptions options)
{
    /// <summary>Life of a pass from its making, in seconds (docs/protocol.md §2, slot pass).</summary>
    public const ulong PassLife = 300;

    private readonly Dictionary<uint, Entry> _keys = [];
    private readonly Dictionary<string, List<uint>> _byServer = [];

    /// <summary>Keeps a key.</summary>
    /// <returns>False when another server, or another key of the same one, has this number.</returns>
    public bool TryAdd(string server, RelayKey key)
    {
        if (_keys.TryGetValue(key.KeyId, out Entry? known))
        {
            return known.Server == server && known.Key.AsSpan().SequenceEqual(key.Key);
        }

        if (!_byServer.TryGetValue(server, out List<uint>? ids))
        {
            _byServer.Add(server, ids = []);
        }

        _keys.Add(key.KeyId, new Entry(server, key.Key));
        ids.Add(key.KeyId);
        if (ids.Count > options.KeysPerServer)
        {
            _keys.Remove(ids[0]);
            ids.RemoveAt(0);
        }

        return true;
    }

    /// <summary>Checks a pass.</summary>
    /// <returns>Why it is refused, or null.</returns>
    public RelayRefusedReason? Check(SlotPass pass)
    {
        if (!_keys.TryGetValue(pass.KeyId, out Entry? entry) || !pass.Verify(entry.Key))
        {
            return RelayRefusedReason.BadPass;
        }

        return entry.TryTell(pass.Expiry, time.Milliseconds()) ? null : RelayRefusedReason.Expired;
    }

    private sealed class Entry(string server, byte[] key)
    {
        private ulong _seconds; // of the DS's clock, at least, at the time _at
        private long _at;

        public string Server => server;

        public byte[] Key => key;

        /// <summary>Whether a pass with this expiry may still be good; it may tell us more about the clock.</summary>
        public bool TryTell(ulong expiry, long now)
        {
            ulong atLeast = _seconds == 0 ? 0 : _seconds + ((ulong)(now - _at) / 1000);
            if (expiry > atLeast + PassLife)
            {
                _seconds = expiry - PassLife;
                _at = now;
            }

            return expiry >= atLeast;
        }
    }
}
