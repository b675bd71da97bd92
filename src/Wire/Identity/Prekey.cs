namespace NTMobile.Wire.Identity;

/// <summary>A key that a node uses for one handshake and then forgets (docs/protocol.md §3): id (4), X25519 key (32), signature (64).</summary>
/// <param name="Id">The node's name for it; not 0.</param>
/// <param name="Key">X25519 public key, 32 bytes.</param>
/// <param name="Signature">64 bytes by the node's identity key over "NTM1 prekey", id and key; not checked here.</param>
public sealed record Prekey(uint Id, byte[] Key, byte[] Signature)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 4 + KeySize + SignatureSize;

    private const int KeySize = 32;
    private const int SignatureSize = 64;

    /// <summary>What precedes the signed bytes.</summary>
    public static ReadOnlySpan<byte> SigningDomain => "NTM1 prekey"u8;

    /// <summary>Writes the <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination) => Write(new SpanWriter(destination), this).End();

    internal static SpanReader Read(SpanReader reader, out Prekey prekey)
    {
        var next = reader.UInt32(out var id).Array(KeySize, out var key).Array(SignatureSize, out var signature);
        prekey = new Prekey(id, key, signature);
        return id == 0 ? SpanReader.Failed : next;
    }

    internal static SpanWriter Write(SpanWriter writer, Prekey prekey) => writer.UInt32(prekey.Id).Bytes(prekey.Key).Bytes(prekey.Signature);
}
