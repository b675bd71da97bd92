using System.Net;

namespace NTMobile.Lab;

/// <summary>Hands out subnets of one size from a range, each one once.</summary>
internal sealed class AddressPool(string range, int prefixLength)
{
    private readonly IPNetwork _range = IPNetwork.Parse(range);
    private int _given;

    /// <summary>The next subnet; throws <see cref="LabException"/> when the range is used up.</summary>
    public IPNetwork Next()
    {
        if (_given == 1 << (prefixLength - _range.PrefixLength))
        {
            throw new LabException($"the range {_range} has no /{prefixLength} left: the world is too large");
        }

        int addressLength = _range.BaseAddress.GetAddressBytes().Length * 8;
        return new(_range.BaseAddress.Plus((UInt128)_given++ << (addressLength - prefixLength)), prefixLength);
    }
}
