using NTMobile.Packets;
using NTMobile.RelayServer;

namespace NTMobile.Servers.Tests;

/// <summary>One datagram on its way.</summary>
internal sealed record Datagram(Endpoint From, Endpoint To, byte[] Bytes);

/// <summary>Datagrams between parties in memory. They wait until <see cref="Deliver"/>, so that a test can look at them, lose or change them.</summary>
internal sealed class Network
{
    private readonly Dictionary<Endpoint, Action<byte[], Endpoint>> _parties = [];

    /// <summary>What is on its way, in order.</summary>
    public List<Datagram> Waiting { get; } = [];

    /// <summary>Everything that was ever sent.</summary>
    public List<Datagram> Sent { get; } = [];

    /// <summary>Datagrams for which this is true are lost.</summary>
    public Func<Datagram, bool> Lose { get; set; } = _ => false;

    public void Attach(Endpoint at, Action<byte[], Endpoint> receive) => _parties[at] = receive;

    public IRelayOutput Output(Endpoint from) => new Port(this, from);

    public void Send(Endpoint from, Endpoint to, byte[] bytes)
    {
        var datagram = new Datagram(from, to, bytes);
        Sent.Add(datagram);
        if (!Lose(datagram))
        {
            Waiting.Add(datagram);
        }
    }

    /// <summary>Delivers until nothing is on its way.</summary>
    public void Deliver()
    {
        for (int rounds = 0; Waiting.Count > 0; rounds++)
        {
            Assert.True(rounds < 10_000, "datagrams beget datagrams without end");
            Datagram first = Waiting[0];
            Waiting.RemoveAt(0);
            if (_parties.TryGetValue(first.To, out Action<byte[], Endpoint>? receive))
            {
                receive([.. first.Bytes], first.From);
            }
        }
    }

    private sealed class Port(Network network, Endpoint from) : IRelayOutput
    {
        public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
        {
            for (int at = 0; at < run.Length; at += datagramSize)
            {
                network.Send(from, to, run.Slice(at, Math.Min(datagramSize, run.Length - at)).ToArray());
            }
        }
    }
}
