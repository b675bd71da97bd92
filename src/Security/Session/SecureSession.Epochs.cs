using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>What became of a rekey message.</summary>
public enum RekeyResult
{
    /// <summary>The keys of the new epoch are in the ring, for receiving; sending waits for <see cref="SecureSession.ActivateSend"/>.</summary>
    Installed,

    /// <summary>The message had been handled before: answer again, change nothing.</summary>
    Repeated,

    /// <summary>It speaks of an epoch that is past: ignore it.</summary>
    Stale,

    /// <summary>Its key or epoch is not acceptable, or the ring still holds the epoch four before: ignore it.</summary>
    Refused,
}

// Rekeying. Control thread only. The order that loses no packet:
//   A  PrepareRekey           → Rekey(epoch, key)     repeated until answered
//   B  AcceptRekey            → RekeyAck(epoch, key)  B now receives the new epoch, and still sends the old one
//   A  CompleteRekey: installed or repeated → ActivateSend(epoch), since B has the keys for sure
//   B  NewestEpochOpened == epoch → ActivateSend(epoch)
//   both, when late packets can no longer come: Retire(old), later EraseRetired
public sealed partial class SecureSession
{
    private const int EpochMask = 3; // a ring of four, named by two bits

    private Ring _ring; // read by the receiving thread
    private readonly List<EpochKeys> _retired = [];
    private byte[]? _lastOwn; // public keys of the newest epoch's exchange; none in epoch 0
    private byte[]? _lastPeer;
    private X25519KeyPair? _pending;
    private byte _newest;

    /// <summary>The newest epoch whose keys are installed, modulo 256.</summary>
    public byte NewestEpoch => _newest;

    /// <summary>Starts a rekey, or gives the started one again. To be sent to the peer: the epoch (returned, modulo 256) and the key.</summary>
    /// <param name="publicKey">Receives the 32 bytes of our new public key.</param>
    public byte PrepareRekey(Span<byte> publicKey)
    {
        Require.Length(publicKey, X25519.KeySize);
        _pending ??= X25519KeyPair.Generate(_random);
        _pending.PublicKey.CopyTo(publicKey);
        return (byte)(_newest + 1);
    }

    /// <summary>Handles the peer's rekey. When installed or repeated, <paramref name="publicKey"/> is to be sent back with the same epoch.
    /// If both ends started one, both come to the same keys this way and need no answer.</summary>
    /// <param name="epoch">From the peer.</param>
    /// <param name="peerPublicKey">From the peer, 32 bytes.</param>
    /// <param name="publicKey">Receives the 32 bytes of our public key.</param>
    public RekeyResult AcceptRekey(byte epoch, ReadOnlySpan<byte> peerPublicKey, Span<byte> publicKey)
    {
        Require.Length(publicKey, X25519.KeySize);
        RekeyResult result = Judge(epoch, peerPublicKey);
        if (result == RekeyResult.Installed)
        {
            result = Install(epoch, _pending ?? X25519KeyPair.Generate(_random), peerPublicKey);
        }

        if (result is RekeyResult.Installed or RekeyResult.Repeated)
        {
            _lastOwn.CopyTo(publicKey);
        }

        return result;
    }

    /// <summary>Handles the peer's answer to <see cref="PrepareRekey"/>.</summary>
    /// <param name="epoch">From the peer.</param>
    /// <param name="peerPublicKey">From the peer, 32 bytes.</param>
    public RekeyResult CompleteRekey(byte epoch, ReadOnlySpan<byte> peerPublicKey)
    {
        RekeyResult result = Judge(epoch, peerPublicKey);
        return result != RekeyResult.Installed ? result : _pending is null ? RekeyResult.Refused : Install(epoch, _pending, peerPublicKey);
    }

    /// <summary>From now on <see cref="Seal"/> uses this epoch. A loop that is just sealing may still use the one before.</summary>
    /// <exception cref="ArgumentException">The epoch is not installed or is older than the present one.</exception>
    public void ActivateSend(byte epoch)
    {
        if (_ring[epoch & EpochMask] is not { } keys || keys.Epoch != epoch || IsAfter(SendEpoch, epoch))
        {
            throw new ArgumentException($"Epoch {epoch} cannot follow epoch {SendEpoch}.", nameof(epoch));
        }

        if (epoch != SendEpoch)
        {
            _sending.Keys = keys;
            _sendingPlace = keys.Send.Place;
            Volatile.Write(ref _sending.EpochStart, Volatile.Read(ref _sending.Next));
        }
    }

    /// <summary>Stops receiving an epoch; does nothing if that was done before. Its keys are erased by <see cref="EraseRetired"/>.</summary>
    /// <exception cref="ArgumentException">It is the epoch that we send in.</exception>
    public void Retire(byte epoch)
    {
        if (epoch == SendEpoch)
        {
            throw new ArgumentException($"Epoch {epoch} is still used for sending.", nameof(epoch));
        }

        if (_ring[epoch & EpochMask] is { } keys && keys.Epoch == epoch)
        {
            Volatile.Write(ref _ring[epoch & EpochMask], null);
            _retired.Add(keys);
        }
    }

    /// <summary>Erases the keys of retired epochs. To be called when every packet loop has begun a new batch since
    /// <see cref="Retire"/>; the next control tick that knows this will do.</summary>
    public void EraseRetired()
    {
        foreach (EpochKeys keys in _retired)
        {
            keys.Dispose();
        }

        _retired.Clear();
    }

    // Epochs count modulo 256; of two, the one less than 128 steps ahead is the later.
    private static bool IsAfter(byte epoch, byte other) => (sbyte)(epoch - other) > 0;

    /// <summary>Installed stands here for "may be installed".</summary>
    private RekeyResult Judge(byte epoch, ReadOnlySpan<byte> peerPublicKey)
    {
        if (peerPublicKey.Length != X25519.KeySize)
        {
            return RekeyResult.Refused;
        }

        if (epoch == (byte)(_newest + 1))
        {
            return _ring[epoch & EpochMask] is null ? RekeyResult.Installed : RekeyResult.Refused;
        }

        bool repeated = epoch == _newest && peerPublicKey.SequenceEqual(_lastPeer);
        return repeated ? RekeyResult.Repeated : IsAfter(epoch, _newest) ? RekeyResult.Refused : RekeyResult.Stale;
    }

    private RekeyResult Install(byte epoch, X25519KeyPair own, ReadOnlySpan<byte> peerPublicKey)
    {
        Span<byte> shared = stackalloc byte[X25519.KeySize];
        if (!own.TryAgree(peerPublicKey, shared))
        {
            if (own != _pending)
            {
                own.Dispose();
            }

            return RekeyResult.Refused; // low order; what we had offered still stands
        }

        EpochKeys keys = _schedule.Continue(epoch, shared, own.PublicKey, peerPublicKey);
        Volatile.Write(ref _ring[epoch & EpochMask], keys);
        _receivingPlace = keys.Receive.Place;
        CryptographicOperations.ZeroMemory(shared);
        _lastOwn = own.PublicKey.ToArray();
        _lastPeer = peerPublicKey.ToArray();
        own.Dispose();
        _pending = null;
        _newest = epoch;
        return RekeyResult.Installed;
    }

    [InlineArray(EpochMask + 1)]
    private struct Ring
    {
        private EpochKeys? _first;
    }
}
