using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Noise;

// The interpreter of the patterns (§5.3). Writing changes the machine's own state. Reading works on a copy, which takes the
// place of the state only when the whole message proved true.
public sealed partial class NoiseHandshake
{
    /// <summary>Writes the next message around <paramref name="payload"/>.</summary>
    /// <param name="payload">What the message carries; apart from <paramref name="destination"/>.</param>
    /// <param name="destination">At least payload and overhead long.</param>
    /// <param name="written">Bytes of the message.</param>
    /// <returns>False when the peer's static key is of low order: the machine is dead.</returns>
    /// <exception cref="InvalidOperationException">It is not our turn, or the pre-shared key is missing.</exception>
    /// <exception cref="ArgumentException">The destination is too short or the message too long.</exception>
    public bool TryWriteMessage(ReadOnlySpan<byte> payload, Span<byte> destination, out int written)
    {
        RequireState(NoiseState.Write);
        int length = payload.Length + (_next == 0 ? Message1Overhead : Message2Overhead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxMessage, nameof(payload));
        Require.AtLeast(destination, length);
        written = 0;
        foreach (NoiseToken token in _pattern.Messages[_next])
        {
            if (!WriteToken(token, destination, ref written))
            {
                State = NoiseState.Dead;
                return false;
            }
        }

        written += _symmetric.EncryptAndHash(payload, destination[written..]);
        Advance(NoiseState.Read);
        return true;
    }

    /// <summary>Reads the peer's next message.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="payload">Room for the payload; as long as <paramref name="message"/> is always enough.</param>
    /// <param name="payloadLength">Bytes of the payload.</param>
    /// <returns>False when the message is truncated, forged, made with another key or prologue: dropped, and the machine still waits.</returns>
    /// <exception cref="InvalidOperationException">It is not the peer's turn, or the pre-shared key is missing.</exception>
    public bool TryReadMessage(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadLength)
    {
        RequireState(NoiseState.Read);
        payloadLength = message.Length - (_next == 0 ? Message1Overhead : Message2Overhead);
        if (payloadLength < 0 || message.Length > MaxMessage)
        {
            payloadLength = 0;
            return false;
        }

        Require.AtLeast(payload, payloadLength);
        var reading = new Reading(this);
        if (!reading.TryTokens(message, int.MaxValue) || !reading.Symmetric.TryDecryptAndHash(message[reading.At..], payload[..payloadLength]))
        {
            reading.Symmetric.Dispose();
            payloadLength = 0;
            return false;
        }

        reading.Commit();
        Advance(NoiseState.Write);
        return true;
    }

    /// <summary>For a responder before <see cref="TryReadMessage"/>: finds out who wrote message 1, so that the right pre-shared key can
    /// be given. Changes nothing. The key is proved to be the sender's own only when the whole message has been read.</summary>
    public bool TryPeekInitiatorStatic(ReadOnlySpan<byte> message1, Span<byte> initiatorStatic)
    {
        RequireState(NoiseState.Read);
        Require.Length(initiatorStatic, X25519.KeySize);
        if (_initiator || message1.Length is < Message1Overhead or > MaxMessage)
        {
            return false;
        }

        var reading = new Reading(this);
        bool read = reading.TryTokens(message1, 1 + Array.IndexOf(_pattern.Messages[0], NoiseToken.S));
        reading.Symmetric.Dispose();
        reading.RemoteStatic.CopyTo(initiatorStatic);
        return read;
    }

    private bool WriteToken(NoiseToken token, Span<byte> destination, ref int written)
    {
        switch (token)
        {
            case NoiseToken.E:
                _ephemeral = X25519KeyPair.Generate(_random);
                _ephemeral.PublicKey.CopyTo(destination[written..]);
                written += X25519.KeySize;
                MixEphemeral(_symmetric, _ephemeral.PublicKey);
                return true;
            case NoiseToken.S:
                written += _symmetric.EncryptAndHash(_static.PublicKey, destination[written..]);
                return true;
            default:
                return TryMix(token, _symmetric, _remoteEphemeral, _remoteStatic);
        }
    }

    private void MixEphemeral(SymmetricState symmetric, ReadOnlySpan<byte> publicKey)
    {
        symmetric.MixHash(publicKey);
        if (_pattern.UsesPsk)
        {
            symmetric.MixKey(publicKey);
        }
    }

    /// <summary>The tokens that are no bytes on the wire. False: the peer's key is of low order.</summary>
    private bool TryMix(NoiseToken token, SymmetricState symmetric, ReadOnlySpan<byte> remoteEphemeral, ReadOnlySpan<byte> remoteStatic)
    {
        if (token == NoiseToken.Psk)
        {
            if (!_hasPsk)
            {
                throw new InvalidOperationException("The pattern needs a pre-shared key: SetPsk comes first.");
            }

            symmetric.MixKeyAndHash(_psk);
            return true;
        }

        // "es" is the initiator's ephemeral key with the responder's static one; "se" the other way round.
        bool localEphemeral = token == NoiseToken.Ee || token == (_initiator ? NoiseToken.Es : NoiseToken.Se);
        bool peerEphemeral = token == NoiseToken.Ee || token == (_initiator ? NoiseToken.Se : NoiseToken.Es);
        Span<byte> shared = stackalloc byte[X25519.KeySize];
        bool usable = (localEphemeral ? _ephemeral! : _static).TryAgree(peerEphemeral ? remoteEphemeral : remoteStatic, shared);
        if (usable)
        {
            symmetric.MixKey(shared);
        }

        CryptographicOperations.ZeroMemory(shared);
        return usable;
    }

    /// <summary>One attempt to read a message, on a copy of the state.</summary>
    private sealed class Reading(NoiseHandshake owner)
    {
        private byte[]? _ephemeral = owner._remoteEphemeral;
        private byte[]? _static = owner._remoteStatic;

        public SymmetricState Symmetric { get; } = owner._symmetric.Clone();

        public ReadOnlySpan<byte> RemoteStatic => _static;

        /// <summary>Bytes read so far.</summary>
        public int At { get; private set; }

        public bool TryTokens(ReadOnlySpan<byte> message, int count)
        {
            foreach (NoiseToken token in owner._pattern.Messages[owner._next])
            {
                if (count-- == 0)
                {
                    break;
                }

                if (!TryToken(token, message))
                {
                    return false;
                }
            }

            return true;
        }

        public void Commit()
        {
            owner._symmetric.Dispose();
            owner._symmetric = Symmetric;
            owner._remoteEphemeral = _ephemeral;
            owner._remoteStatic = _static;
        }

        private bool TryToken(NoiseToken token, ReadOnlySpan<byte> message)
        {
            switch (token)
            {
                case NoiseToken.E:
                    _ephemeral = message.Slice(At, X25519.KeySize).ToArray();
                    At += X25519.KeySize;
                    owner.MixEphemeral(Symmetric, _ephemeral);
                    return true;
                case NoiseToken.S:
                    ReadOnlySpan<byte> sealedKey = message.Slice(At, X25519.KeySize + Symmetric.Overhead);
                    At += sealedKey.Length;
                    _static = new byte[X25519.KeySize];
                    return Symmetric.TryDecryptAndHash(sealedKey, _static);
                default:
                    return owner.TryMix(token, Symmetric, _ephemeral, _static);
            }
        }
    }
}
