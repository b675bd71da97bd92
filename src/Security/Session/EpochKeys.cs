namespace NTMobile.Security.Session;

/// <summary>The two keys of one epoch, by direction.</summary>
internal sealed class EpochKeys(byte epoch, PacketCipher send, PacketCipher receive) : IDisposable
{
    /// <summary>The epoch's number modulo 256.</summary>
    public byte Epoch { get; } = epoch;

    /// <summary>Seals what we send.</summary>
    public PacketCipher Send { get; } = send;

    /// <summary>Opens what the peer sends.</summary>
    public PacketCipher Receive { get; } = receive;

    /// <summary>Erases both keys; see <see cref="PacketCipher.Dispose"/>.</summary>
    public void Dispose()
    {
        Send.Dispose();
        Receive.Dispose();
    }
}
