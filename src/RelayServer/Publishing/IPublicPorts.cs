using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>The machine's side of publishing: its own programs, and the translation that the kernel does. Memory in tests.</summary>
public interface IPublicPorts
{
    /// <summary>Whether no program of the machine itself serves any of these ports.</summary>
    /// <param name="address">Public IPv4 address.</param>
    /// <param name="ports">The ports.</param>
    bool IsFree(uint address, in PublishedPorts ports);

    /// <summary>Sends what ordinary hosts begin towards public ports to addresses of the pool, from now on and in place of all that was told before. Returns
    /// at once; it may be done later.</summary>
    /// <returns>The number of this call for <see cref="IsInForce"/>, larger than those before.</returns>
    long Translate(IReadOnlyList<PublicPort> ports);

    /// <summary>What became of a call, or of one that came after it and took its place.</summary>
    /// <returns>Null: it is not done yet. False: it could not be done, and what was in force before still is.</returns>
    bool? IsInForce(long number);
}

/// <summary>A range of public ports and the device behind it.</summary>
/// <param name="Address">Public IPv4 address.</param>
/// <param name="Ports">The ports, which are the device's ports too.</param>
/// <param name="Pool">The device's address in the pool.</param>
public readonly record struct PublicPort(uint Address, PublishedPorts Ports, uint Pool);
