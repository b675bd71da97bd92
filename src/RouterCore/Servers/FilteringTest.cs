using NTMobile.Packets;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Stun;

namespace NTMobile.RouterCore.Servers;

/// <summary>
/// Finds which strangers' datagrams the NAT or firewall in front lets in (RFC 5780 §4.4): the DS is asked to answer from its other address, from its
/// other port, and as usual. All three are asked at once; what has not come after some tries was filtered.
/// </summary>
internal sealed class FilteringTest
{
    private const int Tries = 4;
    private readonly NodeContext _node;
    private readonly Endpoint _server;
    private readonly StunTransaction _plain;
    private readonly StunTransaction _otherAddress;
    private readonly StunTransaction _otherPort;
    private readonly Retry _retry = new(250, 1000, Tries);
    private Endpoint _other;
    private bool _plainCame;
    private bool _otherAddressCame;
    private bool _otherPortCame;

    public FilteringTest(NodeContext node, in Endpoint server)
    {
        _node = node;
        _server = server;
        _plain = node.Stun.Open(answer => (_plainCame, _other) = (true, answer.Other));
        _otherAddress = node.Stun.Open(_ => _otherAddressCame = true);
        _otherPort = node.Stun.Open(_ => _otherPortCame = true);
    }

    public long DueMs => _plainCame && _otherAddressCame ? 0 : _retry.DueMs;

    /// <summary>Whether the test is over: <see cref="Result"/> stays as it is.</summary>
    public bool IsOver(long nowMs) => (_plainCame && _otherAddressCame) || _retry.IsOver(nowMs);

    /// <summary>What the answers show, once the test is over; unknown when the server does not answer or has only one address.</summary>
    /// <param name="contacted">Addresses to which this node sends anyway: they are no strangers.</param>
    public NatFiltering Result(IEnumerable<Endpoint> contacted) => this switch
    {
        { _plainCame: false } or { _other.IsNone: true } => NatFiltering.Unknown,
        { _otherAddressCame: true } => contacted.Any(c => c.Address == _other.Address) ? NatFiltering.AddressDependent : NatFiltering.EndpointIndependent,
        { _otherPortCame: true } => NatFiltering.AddressDependent,
        _ => NatFiltering.AddressAndPortDependent,
    };

    public void Tick()
    {
        if (_retry.IsDue(_node.NowMs))
        {
            Ask(new StunRequest(_plain));
            Ask(new StunRequest(_otherPort) { ChangePort = true });
            Ask(new StunRequest(_otherAddress) { ChangeAddress = true, ChangePort = true });
        }
    }

    /// <summary>No answer is waited for any more.</summary>
    public void Close()
    {
        _node.Stun.Close(_plain);
        _node.Stun.Close(_otherPort);
        _node.Stun.Close(_otherAddress);
    }

    private void Ask(StunRequest request)
    {
        Span<byte> datagram = stackalloc byte[StunRequest.MaximumSize];
        _node.TrySend(_server, datagram[..request.Write(datagram)]);
    }
}
