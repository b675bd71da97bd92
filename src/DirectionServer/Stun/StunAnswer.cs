using NTMobile.Packets;

namespace NTMobile.DirectionServer.Stun;

/// <summary>What becomes of one STUN message.</summary>
/// <param name="Length">Bytes of the answer; zero: there is none.</param>
/// <param name="Place">From which of <see cref="DirectionOptions.StunPlaces"/> the answer is to leave.</param>
/// <param name="To">Where it is to go.</param>
public readonly record struct StunAnswer(int Length, int Place, Endpoint To)
{
    /// <summary>Room that every answer fits into.</summary>
    public const int MaximumSize = 128;
}
