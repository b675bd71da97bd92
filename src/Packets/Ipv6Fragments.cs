namespace NTMobile.Packets;

/// <summary>Cuts a packet into fragments (RFC 8200 §4.5), one after another. Extension headers are left out.</summary>
/// <param name="packet">What was read of a whole packet that is no fragment, its transport checksum complete.</param>
/// <param name="largest">Most bytes of a fragment, at least both headers and eight.</param>
/// <param name="identification">Common to all of them.</param>
public ref struct Ipv6Fragments(Ipv6 packet, int largest, uint identification)
{
    private const int Headers = Ipv6.HeaderLength + Ipv6.FragmentHeaderLength;
    private readonly Ipv6 _packet = packet;
    private readonly int _step = (largest - Headers) & ~7;
    private readonly uint _identification = identification;
    private int _at;

    /// <summary>Writes the next fragment.</summary>
    /// <param name="to">Room for <c>largest</c> bytes.</param>
    /// <returns>Bytes of the fragment; 0: there is no other.</returns>
    public int Next(scoped Span<byte> to)
    {
        var left = _packet.Payload.Length - _at;
        if (left <= 0 || _step <= 0)
        {
            return 0;
        }

        var length = Math.Min(left, _step);
        Ipv6.Write(to, _packet.Source, _packet.Destination, IpProtocol.Fragment, Ipv6.FragmentHeaderLength + length, _packet.HopLimit, _packet.TrafficClass);
        Ipv6.WriteFragmentHeader(to[Ipv6.HeaderLength..], _packet.Protocol, _at, length < left, _identification);
        _packet.Payload.Slice(_at, length).CopyTo(to[Headers..]);
        _at += length;
        return Headers + length;
    }
}
