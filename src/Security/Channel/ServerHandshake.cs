using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

/// <summary>What both ends of a handshake with a server share (protocol.md §1.2).</summary>
internal static class ServerHandshake
{
    private static ReadOnlySpan<byte> Label => "NTM1 server"u8;

    /// <summary>The prologue: label and rendezvous id.</summary>
    public static byte[] Prologue(ulong rendezvousId)
    {
        var prologue = new byte[Label.Length + sizeof(ulong)];
        Label.CopyTo(prologue);
        BinaryPrimitives.WriteUInt64BigEndian(prologue.AsSpan(Label.Length), rendezvousId);
        return prologue;
    }

    /// <summary>Reads a payload: Hello first, then perhaps a Certificate; frames of unknown type are passed over.</summary>
    /// <returns>False if the Hello is missing or anything is malformed.</returns>
    public static bool TryReadPayload(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out Hello? hello, out byte[]? certificate)
    {
        hello = null;
        certificate = null;
        var reader = new FrameReader(payload);
        while (reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body))
        {
            bool good = type switch
            {
                FrameType.Hello => hello is null && Hello.TryRead(body, out hello),
                FrameType.Certificate => hello is not null && TryReadCertificate(body, out certificate),
                _ => hello is not null,
            };
            if (!good)
            {
                hello = null;
                return false;
            }
        }

        return hello is not null && !reader.Malformed;
    }

    private static bool TryReadCertificate(ReadOnlySpan<byte> body, out byte[]? der)
    {
        bool good = Certificate.TryRead(body, out Certificate? frame);
        der = frame?.Der;
        return good;
    }
}
