namespace NTMobile.Packets;

/// <summary>
/// Where a NAT64 embeds IPv4 addresses (RFC 6052 §2.2). Behind a prefix of 96 bits the address is the last 32; behind a shorter one it goes around bits
/// 64 to 71, which are zero:
/// <code>
///  0              length                                            127
///  +----------------+--------------+-----------+--------------+------+
///  | prefix         | address …    | u, 8 bits | … address    | zero |
///  +----------------+--------------+-----------+--------------+------+
/// </code>
/// </summary>
public sealed record Nat64Prefix
{
    private const int UAt = 64;
    private const int ULength = 8;
    private static readonly int[] Lengths = [96, 64, 56, 48, 40, 32];

    // RFC 7050 §2.2: what ipv4only.arpa has.
    private static readonly uint[] WellKnown = [0xC000_00AA, 0xC000_00AB];

    private readonly UInt128 _prefix;

    private Nat64Prefix(UInt128 prefix, int length)
    {
        _prefix = prefix;
        Length = length;
    }

    /// <summary>Bits of the prefix: 32, 40, 48, 56, 64 or 96.</summary>
    public int Length { get; }

    /// <summary>A prefix.</summary>
    /// <param name="address">Any address in it.</param>
    /// <param name="length">Its bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">No NAT64 has this length.</exception>
    public static Nat64Prefix Create(UInt128 address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(Lengths.Contains(length), false, nameof(length));
        return new(address & Mask(length), length);
    }

    /// <summary>Finds the prefix in an address that a DNS64 gave for <c>ipv4only.arpa</c> (RFC 7050 §3).</summary>
    /// <returns>Null: there is none in it.</returns>
    public static Nat64Prefix? Find(UInt128 address)
    {
        foreach (var length in Lengths)
        {
            var prefix = Create(address, length);
            if (prefix.TryExtract(address, out var embedded) && WellKnown.Contains(embedded))
            {
                return prefix;
            }
        }

        return null;
    }

    /// <summary>The IPv6 endpoint by which the NAT64 reaches one of IPv4.</summary>
    public Endpoint Embed(in Endpoint endpoint)
    {
        UInt128 address = endpoint.Ipv4Address;
        var embedded = Endpoint.FromIpv6(_prefix | (Length == 96 ? address : Around(address << (96 - Length))), endpoint.Port);
        return endpoint.IsTcp ? embedded.OverTcp() : embedded;
    }

    /// <summary>The IPv4 endpoint in an IPv6 one; false: it lies outside the prefix.</summary>
    public bool TryExtract(in Endpoint endpoint, out Endpoint extracted)
    {
        var found = TryExtract(endpoint.Address, out var address) && endpoint.IsIpv6;
        extracted = found ? Endpoint.FromIpv4(address, endpoint.Port) : default;
        return found;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Endpoint.FromIpv6(_prefix, 0).ToIPAddress()}/{Length}";

    private static UInt128 Mask(int length) => UInt128.MaxValue << (128 - length);

    // The bits from 64 on move behind u.
    private static UInt128 Around(UInt128 bits)
    {
        var below = bits & (UInt128.MaxValue >> UAt);
        return (bits ^ below) | (below >> ULength);
    }

    private bool TryExtract(UInt128 address, out uint extracted)
    {
        extracted = 0;
        if ((address & Mask(Length)) != _prefix)
        {
            return false;
        }

        if (Length == 96)
        {
            extracted = (uint)address;
            return true;
        }

        var below = address & (UInt128.MaxValue >> UAt);
        if (below >> (UAt - ULength) != 0)
        {
            return false; // u is not zero
        }

        var bits = ((address >> UAt) << UAt) | (below << ULength);
        extracted = (uint)(bits >> (96 - Length));
        return true;
    }
}
