using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.Security;
using NTMobile.Wire.Frames;

namespace NTMobile.DirectionServer.Relays;

/// <summary>One key with which the DS signs passes for one relay (a RelayKey, docs/protocol.md §2).</summary>
internal sealed class PassKey
{
    private readonly byte[] _secret = new byte[32];

    public PassKey(IRandom random)
    {
        Span<byte> id = stackalloc byte[sizeof(uint)];
        random.Fill(id);
        random.Fill(_secret);
        Id = BinaryPrimitives.ReadUInt32LittleEndian(id);
    }

    public uint Id { get; }

    /// <summary>Whether the relay has it, as far as we know.</summary>
    public bool IsUsable { get; set; }

    /// <summary>Whether it is to be sent until the relay acknowledges it.</summary>
    public bool NeedsSending { get; set; } = true;

    /// <summary>The frame that gives it to the relay.</summary>
    public RelayKey ToFrame() => new(Id, _secret);

    /// <summary>Signs the pass of one leg.</summary>
    public SlotPass Sign(ulong slot, byte leg, ulong expiry) => SlotPass.Compute(_secret, Id, slot, leg, expiry);

    /// <summary>Erases it.</summary>
    public void Erase() => CryptographicOperations.ZeroMemory(_secret);
}
