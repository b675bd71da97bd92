using System.Runtime.CompilerServices;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Dns;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.Microbench.Cpu;

/// <summary>The parts of a packet's way, each by itself over a batch of packets.</summary>
internal sealed unsafe class Stages
{
    private static readonly PathId Receives = PathId.Of(0x2A5A5A, 0); // bob's, as the pair has it
    private readonly RouterPair _pair;
    private readonly Batch _batch;
    private readonly ZoneFilter _zones = new("ntm.test", ["18.198.in-addr.arpa", "19.198.in-addr.arpa", "4.5.e.4.d.f.ip6.arpa"]);
    private readonly byte[] _room = GC.AllocateArray<byte>(Lap.Batch * 2048, pinned: true);
    private object? _sink; // what is looked up goes here, so that the look-up is not left out

    public Stages(RouterPair pair, Batch batch) => (_pair, _batch) = (pair, batch);

    private SecureSession Alice => _pair.Alice.Session.Secure;

    private SecureSession Bob => _pair.Bob.Session.Secure;

    public Stage ParseAndLookUp() => new(Nothing, () =>
    {
        for (var i = 0; i < Lap.Batch; i++)
        {
            if (Ipv4.TryRead(_batch[i].Bytes, out var ip) && !_zones.Concerns(in ip) && AddressPrefix.Virtual.Contains(ip.Destination))
            {
                _sink = _pair.Alice.Tables.Outbound(ip.Source, ip.Destination);
            }
        }
    });

    public Stage Translate() => new(_batch.Refill, () =>
    {
        var context = _pair.Alice.Context;
        for (var i = 0; i < Lap.Batch; i++)
        {
            var packet = _batch[i];
            var transport = packet.Bytes[Ipv4.MinimumHeaderLength..];
            if (InnerPacket.TryReadPorts(transport, IpProtocol.Udp, out var local, out var remote))
            {
                context.Flows.Note(IpProtocol.Udp, local, remote, 1);
            }

            InnerPacket.MoveChecksum(transport, IpProtocol.Udp, context.OutDelta);
            var at = packet.Start + Ipv4.MinimumHeaderLength - DataHeader.Size;
            new DataHeader(context.Id, IpProtocol.Udp, 63, 0, false).Write(packet.Buffer[at..]);
        }
    });

    public Stage Seal(int content) => new(Nothing, () =>
    {
        for (var i = 0; i < Lap.Batch; i++)
        {
            var packet = _batch[i];
            Alice.Seal((byte)DatagramType.Data, (uint)Receives.Path, Alice.Reserve(1), packet.Buffer[..content], Room(i, content + SealedDatagram.Overhead));
        }
    });

    /// <summary>The calls of a sink alone: one run per packet.</summary>
    public Stage HandOver() => new(_batch.Refill, () =>
    {
        IDatagramSink wire = _batch;
        var path = _pair.Alice.Session.Active!;
        for (var i = 0; i < Lap.Batch; i++)
        {
            var room = wire.BeginRun(new PathTarget(path.Uplink, path.Remote, 0), 1024, 1);
            wire.EndRun(room.Length);
        }
    });

    public Stage PathLookUp() => new(_batch.Fill(_pair.Alice), () =>
    {
        var tables = _pair.Bob.Tables;
        for (var i = 0; i < Lap.Batch; i++)
        {
            if (SealedDatagram.TryRead(_batch.Datagram(i), out var header))
            {
                _sink = tables.Path(header.PathId);
            }
        }
    });

    public Stage Window()
    {
        var window = new ReplayWindow();
        uint counter = 0;
        return new Stage(Nothing, () =>
        {
            for (var i = 0; i < Lap.Batch; i++)
            {
                var full = window.Expand(counter++);
                if (window.Check(full))
                {
                    window.Commit(full);
                }
            }
        });
    }

    /// <summary>The whole of opening: header, keys, window, cipher.</summary>
    public Stage Open() => new(_batch.Fill(_pair.Alice), () =>
    {
        for (var i = 0; i < Lap.Batch; i++)
        {
            if (!Bob.TryOpen(_batch.Datagram(i), out _, out _))
            {
                throw new InvalidOperationException("forged");
            }
        }
    });

    /// <summary>The library's calls alone on the same number of bytes.</summary>
    public (Stage Seal, Stage Open) Bare(int content)
    {
        var plain = GC.AllocateArray<byte>(Lap.Batch * 2048, pinned: true);
        var from = (byte*)Unsafe.AsPointer(ref plain[0]);
        var to = (byte*)Unsafe.AsPointer(ref _room[0]);
        var nonce = from;
        var aad = from + SealedDatagram.NonceSize;
        return (new Stage(Nothing, SealAll), new Stage(SealAll, () =>
        {
            for (var i = 0; i < Lap.Batch; i++)
            {
                BareCipher.Open(to + (i * 2048), content, nonce, aad, from + 64);
            }
        }));

        void SealAll()
        {
            for (var i = 0; i < Lap.Batch; i++)
            {
                BareCipher.Seal(from + (i * 2048), content, to + (i * 2048), nonce, aad);
            }
        }
    }

    private static void Nothing()
    {
    }

    private Span<byte> Room(int index, int length) => _room.AsSpan(index * 2048, length);
}
