using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>A relay server. On the wire: endpoint, X25519 key (32).</summary>
/// <param name="Endpoint">Where it is.</param>
/// <param name="PublicKey">Its X25519 static key, 32 bytes.</param>
public sealed record Relay(Endpoint Endpoint, byte[] PublicKey)
{
    /// <summary>Bytes of an X25519 public key.</summary>
    public const int PublicKeySize = 32;

    internal int Length => WireLength.Of(Endpoint) + PublicKeySize;

    internal static SpanReader Read(SpanReader reader, out Relay relay)
    {
        var next = reader.Endpoint(out var endpoint).Array(PublicKeySize, out var key);
        relay = new Relay(endpoint, key);
        return next;
    }

    internal static SpanWriter Write(SpanWriter writer, Relay relay) =>
        writer.Endpoint(relay.Endpoint).Bytes(relay.PublicKey, PublicKeySize, PublicKeySize);
}
