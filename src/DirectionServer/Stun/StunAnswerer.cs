using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Wire.Stun;

namespace NTMobile.DirectionServer.Stun;

/// <summary>A STUN server without credentials (RFC 8489), with NAT behaviour discovery (RFC 5780) where it has two addresses, as a function from request to answer.</summary>
/// <remarks>
/// A request's way: 1. it is whole; 2. its prefix's rate; 3. attributes that must be known are known, else error 420; 4. the answer, from the place that
/// was asked for. An answer's packet has 2 to 2.5 times the bytes of the shortest request's, and a source that asks too often gets none: nobody can be flooded
/// through the server.
/// </remarks>
internal sealed class StunAnswerer(DirectionOptions options, IRandom random, TimeProvider time)
{
    private const int AllPlaces = 4;
    private const int OtherPort = 1; // bits of a place's number
    private const int OtherAddress = 2;

    private readonly SourceRateLimiter _perPrefix = new(time, random, options.StunAnswersPerSecond, 2 * options.StunAnswersPerSecond, 24, 56);

    /// <summary>Requests that were answered, with an error too.</summary>
    public long Answered { get; private set; }

    /// <summary>Messages without an answer.</summary>
    public DropCounters<StunDrop> Drops { get; } = new();

    /// <summary>Answers one message.</summary>
    /// <param name="datagram">The message.</param>
    /// <param name="place">To which of <see cref="DirectionOptions.StunPlaces"/> it came; the number behind them is <see cref="DirectionOptions.StunPlace6"/>.</param>
    /// <param name="from">Its source.</param>
    /// <param name="answer">Room for the answer: <see cref="StunAnswer.MaximumSize"/> bytes.</param>
    public StunAnswer Answer(ReadOnlySpan<byte> datagram, int place, in Endpoint from, Span<byte> answer)
    {
        if (!StunMessage.TryRead(datagram, out StunMessage message))
        {
            return Drop(StunDrop.StunMalformed);
        }

        if (message.Type != StunMessageType.BindingRequest)
        {
            return Drop(StunDrop.StunNotAsked);
        }

        if (!StunRequest.TryRead(message, out StunRequest request))
        {
            return Drop(StunDrop.StunMalformed);
        }

        if (!_perPrefix.TryTake(from))
        {
            return Drop(StunDrop.StunTooOften);
        }

        Answered++;
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[StunRefusal.MaximumUnknown];
        int count = FindUnknown(message.Attributes, Discovers(place), unknown);
        return count > 0
            ? new StunAnswer(Refuse(request, unknown[..count], answer), place, from)
            : Respond(request, place, from, answer);
    }

    private static int Refuse(in StunRequest request, ReadOnlySpan<StunAttributeType> unknown, Span<byte> answer) =>
        new StunRefusal(request.Transaction, StunRefusal.UnknownAttribute).Write(answer, unknown, request.HasFingerprint);

    private StunAnswer Respond(in StunRequest request, int place, in Endpoint from, Span<byte> answer)
    {
        int source = place ^ (request.ChangeAddress ? OtherAddress : 0) ^ (request.ChangePort ? OtherPort : 0);
        var response = new StunResponse(request.Transaction, from)
        {
            Origin = place < options.StunPlaces.Count ? options.StunPlaces[source] : options.StunPlace6,
            Other = Discovers(place) ? options.StunPlaces[place ^ (OtherAddress | OtherPort)] : default,
            HasFingerprint = request.HasFingerprint,
        };
        Endpoint to = request.ResponsePort == 0 ? from : from.WithPort(request.ResponsePort);
        return new StunAnswer(response.Write(answer), source, to);
    }

    /// <summary>Lists each attribute once that the asker wants to be known and that is not.</summary>
    private static int FindUnknown(StunAttributes attributes, bool discovers, Span<StunAttributeType> unknown)
    {
        int count = 0;
        foreach (StunAttribute attribute in attributes)
        {
            if (!IsKnown(attribute.Type, discovers) && count < unknown.Length && !unknown[..count].Contains(attribute.Type))
            {
                unknown[count++] = attribute.Type;
            }
        }

        return count;
    }

    private static bool IsKnown(StunAttributeType type, bool discovers) =>
        !type.IsRequired() || type.IsBasic() || (discovers && type is StunAttributeType.ChangeRequest or StunAttributeType.ResponsePort);

    private bool Discovers(int place) => options.StunPlaces.Count == AllPlaces && place < AllPlaces;

    private StunAnswer Drop(StunDrop reason)
    {
        Drops.Add(reason);
        return default;
    }
}
