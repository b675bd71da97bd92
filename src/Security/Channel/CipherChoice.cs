using NTMobile.Security.Session;
using Offer = NTMobile.Wire.Frames.CipherSuites;

namespace NTMobile.Security.Channel;

/// <summary>Ciphers as they stand in Hello frames, and as the session knows them.</summary>
internal static class CipherChoice
{
    /// <summary>What this machine offers.</summary>
    public static Offer Own => (Offer)CipherSuites.Offer;

    /// <summary>The responder's choice out of an offer.</summary>
    /// <returns>False if there is no common one.</returns>
    public static bool TryChoose(Offer offer, out CipherSuite suite) => CipherSuites.TryChoose((byte)offer, CipherSuites.Offer, out suite);

    /// <summary>A suite as it stands in the responder's Hello.</summary>
    public static Offer ToOffer(CipherSuite suite) => (Offer)CipherSuites.Bit(suite);

    /// <summary>What the responder chose; false if that is not exactly one suite that we offered.</summary>
    public static bool TryTake(Offer chosen, out CipherSuite suite) => TryChoose(chosen, out suite) && ToOffer(suite) == chosen;
}
