// A received run's way:
// 1. its datagrams that begin alike (type and path id) are taken together; 2. the path id names their owner: one look-up;
// 3. a leg's are checked, get the partner's path id in place, and leave as one run; 4. a session's, and handshakes, are handled one by one.
using System.Runtime.InteropServices;
using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.RelayServer;

public sealed partial class RelayService
{
    /// <summary>Takes a run of datagrams of one size from one source, as the kernel's UDP_GRO gives them, or a single one.</summary>
    /// <param name="run">The datagrams one after another; changed in place, and lent to the output.</param>
    /// <param name="datagramSize">Bytes of each; the last one may be shorter.</param>
    /// <param name="from">Their source.</param>
    /// <param name="ecn">ECN bits of their IP packets, 0–3.</param>
    public void ReceiveRun(Span<byte> run, int datagramSize, in Endpoint from, byte ecn = 0)
    {
        _now = _time.Milliseconds();
        while (!run.IsEmpty)
        {
            int length = LengthOfAlike(run, datagramSize);
            Take(new Alike(run[..length], datagramSize), from, ecn);
            run = run[length..];
        }
    }

    /// <summary>Bytes of the first datagram and of those behind it that have its type and path id, or have no room for them either.</summary>
    private static int LengthOfAlike(ReadOnlySpan<byte> run, int datagramSize)
    {
        if (Math.Min(datagramSize, run.Length) < DatagramHeader.Size)
        {
            return run.Length;
        }

        uint first = MemoryMarshal.Read<uint>(run);
        int at = datagramSize;
        while (at + DatagramHeader.Size <= run.Length && MemoryMarshal.Read<uint>(run[at..]) == first)
        {
            at += datagramSize;
        }

        return Math.Min(at, run.Length);
    }

    private void Take(Alike datagrams, in Endpoint from, byte ecn)
    {
        if (!DatagramHeader.TryRead(datagrams.Bytes[..datagrams.Size], out DatagramHeader header))
        {
            Sessions.Drops.Add(SessionDrop.NotForServers, datagrams.Count);
        }
        else if (header.PathId.IsNone)
        {
            foreach (Span<byte> datagram in datagrams)
            {
                Sessions.ReceiveHandshake(datagram, from);
            }
        }
        else if (!_paths.TryFind(header.PathId, out object? owner))
        {
            Sessions.Drops.Add(SessionDrop.UnknownPath, datagrams.Count);
        }
        else if (owner is RelayLeg leg)
        {
            Forward(leg, header, datagrams, from, ecn);
        }
        else if (owner is EgressKeys keys)
        {
            foreach (Span<byte> datagram in datagrams)
            {
                Egress!.ToInternet(keys, datagram, from, ecn, _now);
            }
        }
        else
        {
            foreach (Span<byte> datagram in datagrams)
            {
                Sessions.Receive((ServerSession)owner, datagram, from);
            }
        }
    }

    private void Forward(RelayLeg leg, DatagramHeader header, Alike datagrams, in Endpoint from, byte ecn)
    {
        if (leg.Node.Session is not { } session || session.Source != from)
        {
            Drops.Add(RelayDrop.WrongSource, datagrams.Count);
            return;
        }

        int received = datagrams.Count;
        datagrams = datagrams.WithoutShorterThan(ShortestOf(header.Type));
        Drops.Add(RelayDrop.NotRelayed, received - datagrams.Count);
        if (datagrams.Count == 0)
        {
            return;
        }

        leg.Keep(header.Type, datagrams);
        leg.LastUsed = _now;
        RelayLeg? partner = leg.Partner;
        if (partner?.Node.Session is not { } target)
        {
            Drops.Add(partner is null ? RelayDrop.NoPartner : RelayDrop.PartnerAway, datagrams.Count);
            return;
        }

        datagrams.Begin(new DatagramHeader(header.Type, header.PathId.WithPathOf(partner.Terms.Receive)));
        leg.Packets += datagrams.Count;
        leg.Bytes += datagrams.Bytes.Length;
        Forwarded.Add(header.Type, datagrams.Count, datagrams.Bytes.Length);
        _output.Forward(target.Source, datagrams.Bytes, datagrams.Size, ecn);
    }

    /// <summary>The least length of a datagram that two nodes send one another; a Punch is for NATs, an Egress for the relay itself.</summary>
    private static int ShortestOf(DatagramType type) => type switch
    {
        DatagramType.HandshakeInit or DatagramType.HandshakeResponse => HandshakeDatagram.HeaderSize + 1,
        DatagramType.Punch or DatagramType.Egress => int.MaxValue,
        _ => SealedDatagram.Overhead,
    };
}
