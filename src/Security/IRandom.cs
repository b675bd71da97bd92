using System.Security.Cryptography;

namespace NTMobile.Security;

/// <summary>Where random bytes come from. Everything in this project that needs randomness is given one of these,
/// so that whole nodes can run in memory and repeat a run exactly.</summary>
public interface IRandom
{
    /// <summary>Fills all of <paramref name="destination"/> with random bytes. May be called from several threads.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The operating system's generator.</summary>
public sealed class SystemRandom : IRandom
{
    /// <summary>The one instance; it holds no state.</summary>
    public static readonly SystemRandom Instance = new();

    private SystemRandom()
    {
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
