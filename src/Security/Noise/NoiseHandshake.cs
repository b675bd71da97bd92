using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Noise;

/// <summary>What a handshake waits for.</summary>
public enum NoiseState
{
    /// <summary>Our turn: <see cref="NoiseHandshake.TryWriteMessage"/>.</summary>
    Write,

    /// <summary>The peer's turn: <see cref="NoiseHandshake.TryReadMessage"/>. A bad message leaves the machine here, unchanged.</summary>
    Read,

    /// <summary>All messages passed: keys may be taken out.</summary>
    Complete,

    /// <summary>The peer's static key is unusable, or the handshake was disposed; only <see cref="NoiseHandshake.Dispose"/> is left.</summary>
    Dead,
}

/// <summary>One handshake of the Noise protocol framework (specification rev 34) as a machine that knows no socket: bytes
/// in, bytes out. Not for use by several threads at once.</summary>
/// <remarks>
/// Bytes from the peer never throw and never spoil the machine: a forged message 2 leaves it waiting for the true one.
/// Calls out of turn and buffers that are too small are our own mistakes and throw. Sizes, without payload: message 1 is
/// <see cref="Message1Overhead"/> bytes longer than its payload, message 2 <see cref="Message2Overhead"/>.
/// </remarks>
public sealed partial class NoiseHandshake : IDisposable
{
    /// <summary>Message 1: ephemeral key 32, sealed static key 48, tag of the payload 16.</summary>
    public const int Message1Overhead = 96;

    /// <summary>Message 2: ephemeral key 32, tag of the payload 16.</summary>
    public const int Message2Overhead = 48;

    /// <summary>The longest message (§3).</summary>
    public const int MaxMessage = 65535;

    /// <summary>Bytes of a pre-shared key.</summary>
    public const int PskSize = 32;

    private readonly NoisePattern _pattern;
    private readonly bool _initiator;
    private readonly X25519KeyPair _static;
    private readonly IRandom _random;
    private readonly byte[] _psk = GC.AllocateArray<byte>(PskSize, pinned: true);
    private bool _hasPsk;
    private SymmetricState _symmetric;
    private X25519KeyPair? _ephemeral;
    private byte[]? _remoteStatic;
    private byte[]? _remoteEphemeral;
    private int _next; // number of the next message

    private NoiseHandshake(NoisePattern pattern, bool initiator, X25519KeyPair local, byte[]? remoteStatic, ReadOnlySpan<byte> prologue, IRandom random)
    {
        _pattern = pattern;
        _initiator = initiator;
        _static = local;
        _remoteStatic = remoteStatic;
        _random = random;
        _symmetric = SymmetricState.Initialize(pattern.ProtocolName);
        _symmetric.MixHash(prologue);
        _symmetric.MixHash(initiator ? remoteStatic : local.PublicKey); // pre-message: <- s
        State = initiator ? NoiseState.Write : NoiseState.Read;
    }

    /// <summary>What the machine waits for.</summary>
    public NoiseState State { get; private set; }

    /// <summary>The peer's static key: given for an initiator, known to a responder after message 1 (empty before).</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>The hash over the whole handshake, 32 bytes: the same at both ends of this handshake and no other (§11.2).</summary>
    /// <exception cref="InvalidOperationException">The handshake is not complete.</exception>
    public ReadOnlySpan<byte> HandshakeHash
    {
        get
        {
            RequireState(NoiseState.Complete);
            return _symmetric.Hash;
        }
    }

    /// <summary>True when this end wrote message 1.</summary>
    public bool IsInitiator => _initiator;

    /// <summary>The end that writes message 1.</summary>
    /// <param name="pattern">Which handshake.</param>
    /// <param name="local">Our static key, borrowed until this object is disposed.</param>
    /// <param name="remoteStatic">The responder's static key, 32 bytes.</param>
    /// <param name="prologue">What both ends must see alike; not sent.</param>
    /// <param name="random">32 bytes are taken for the ephemeral key.</param>
    public static NoiseHandshake Initiator(NoisePattern pattern, X25519KeyPair local, ReadOnlySpan<byte> remoteStatic, ReadOnlySpan<byte> prologue, IRandom random)
    {
        Require.Length(remoteStatic, X25519.KeySize);
        return new NoiseHandshake(pattern, true, local, remoteStatic.ToArray(), prologue, random);
    }

    /// <summary>The end that reads message 1; parameters as for <see cref="Initiator"/>.</summary>
    public static NoiseHandshake Responder(NoisePattern pattern, X25519KeyPair local, ReadOnlySpan<byte> prologue, IRandom random) =>
        new(pattern, false, local, null, prologue, random);

    /// <summary>Gives the pre-shared key (32 bytes, copied). Needed before message 1 is written or read, where the pattern has one.</summary>
    public void SetPsk(ReadOnlySpan<byte> psk)
    {
        Require.Length(psk, PskSize);
        psk.CopyTo(_psk);
        _hasPsk = true;
    }

    /// <summary>Writes the two keys that Noise itself would use for transport, 32 bytes each: initiator to responder, responder to initiator.</summary>
    public void Split(Span<byte> initiatorToResponder, Span<byte> responderToInitiator)
    {
        RequireState(NoiseState.Complete);
        Require.Length(initiatorToResponder, X25519.KeySize);
        Require.Length(responderToInitiator, X25519.KeySize);
        _symmetric.Split(initiatorToResponder, responderToInitiator);
    }

    /// <summary>Writes the final chaining key (32 bytes), from which a session makes its keys. The caller erases it.</summary>
    public void ExportChainingKey(Span<byte> destination)
    {
        RequireState(NoiseState.Complete);
        Require.Length(destination, X25519.KeySize);
        _symmetric.ChainingKey.CopyTo(destination);
    }

    /// <summary>Erases all keys but the borrowed static one.</summary>
    public void Dispose()
    {
        State = NoiseState.Dead;
        _symmetric.Dispose();
        _ephemeral?.Dispose();
        CryptographicOperations.ZeroMemory(_psk);
    }

    private void RequireState(NoiseState needed)
    {
        if (State != needed)
        {
            throw new InvalidOperationException($"The handshake is in state {State}, not {needed}.");
        }
    }

    private void Advance(NoiseState following)
    {
        _next++;
        bool complete = _next == _pattern.Messages.Length;
        State = complete ? NoiseState.Complete : following;
        if (complete)
        {
            _ephemeral?.Dispose();
            CryptographicOperations.ZeroMemory(_psk);
        }
    }
}
