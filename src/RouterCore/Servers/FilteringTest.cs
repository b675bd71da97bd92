using NTMobile.Packets;
using NTMobile.Security;
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
        Span<byte> random = stackalloc byte[StunTransaction.RandomSize];
        _plain = NewTransaction(node.Random, random);
        _otherAddress = NewTransaction(node.Random, random);
        _otherPort = NewTransaction(node.Random, random);
    }

    public long DueMs => _retry.DueMs;

    /// <summary>Whether the test is over: <see cref="Result"/> stays as it is.</summary>
    public bool IsOver(long nowMs) => (_otherAddressCame && _plainCame) || _retry.IsOver(nowMs);

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

    /// <summary>Takes an answer.</summary>
    /// <returns>False: none of this test.</returns>
    public bool OnAnswer(in StunResponse answer)
    {
        if (answer.Transaction == _plain)
        {
            (_plainCame, _other) = (true, answer.Other);
        }

        _otherPortCame |= answer.Transaction == _otherPort;
        _otherAddressCame |= answer.Transaction == _otherAddress;
        return answer.Transaction == _plain || answer.Transaction == _otherPort || answer.Transaction == _otherAddress;
    }

    private void Ask(StunRequest request)
    {
        Span<byte> datagram = stackalloc byte[StunRequest.MaximumSize];
        _node.TrySend(_server, datagram[..request.Write(datagram)]);
    }

    private static StunTransaction NewTransaction(IRandom random, Span<byte> bytes)
    {
        random.Fill(bytes);
        return StunTransaction.Create(bytes);
    }
}
