using NTMobile.Security;
using NTMobile.Wire.Stun;

namespace NTMobile.RouterCore.Servers;

/// <summary>The questions to STUN servers that are open now. Nobody is believed who does not know a question's 96 random bits.</summary>
internal sealed class StunClient(IRandom random)
{
    private readonly Dictionary<StunTransaction, Action<StunResponse>> _open = [];

    /// <summary>A new question; it stays open until it is closed.</summary>
    /// <param name="answered">Called for each answer.</param>
    public StunTransaction Open(Action<StunResponse> answered)
    {
        Span<byte> bytes = stackalloc byte[StunTransaction.RandomSize];
        random.Fill(bytes);
        var transaction = StunTransaction.Create(bytes);
        _open[transaction] = answered;
        return transaction;
    }

    public void Close(StunTransaction transaction) => _open.Remove(transaction);

    public DropReason OnDatagram(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryRead(datagram, out var message) || !StunResponse.TryRead(in message, out var answer)
            || !_open.TryGetValue(answer.Transaction, out var answered))
        {
            return DropReason.UnknownStun;
        }

        answered(answer);
        return DropReason.None;
    }
}
