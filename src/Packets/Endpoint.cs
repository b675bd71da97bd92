using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace NTMobile.Packets;

/// <summary>
/// An IPv4 or IPv6 address with a UDP or TCP port: what <see cref="IPEndPoint"/> is, as a value that costs no allocation.
/// An IPv4 address stays IPv4; an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) becomes IPv4.
/// </summary>
public readonly struct Endpoint : IEquatable<Endpoint>, ISpanFormattable, IParsable<Endpoint>
{
    // 0 none, 4 or 6.
    private readonly byte _version;

    private Endpoint(byte version, UInt128 address, ushort port, uint scope, bool isTcp = false)
    {
        _version = version;
        Address = address;
        Port = port;
        Scope = scope;
        IsTcp = isTcp;
    }

    /// <summary>The IPv6 address, or the IPv4 address in the lowest 32 bits.</summary>
    public UInt128 Address { get; }

    /// <summary>Port.</summary>
    public ushort Port { get; }

    /// <summary>Interface index of a link-local IPv6 address, else zero.</summary>
    public uint Scope { get; }

    /// <summary>Whether datagrams to and from it go over TLS on TCP (docs/protocol.md §1.6): another endpoint than the same address and port of UDP.</summary>
    public bool IsTcp { get; }

    /// <summary>Whether this is the default value, no endpoint at all.</summary>
    public bool IsNone => _version == 0;

    /// <summary>Whether the address is IPv4.</summary>
    public bool IsIpv4 => _version == 4;

    /// <summary>Whether the address is IPv6.</summary>
    public bool IsIpv6 => _version == 6;

    /// <summary>The IPv4 address; meaningless for IPv6.</summary>
    public uint Ipv4Address => (uint)Address;

    /// <summary>An IPv4 endpoint.</summary>
    /// <param name="address">The address; 192.0.2.1 is 0xC0000201.</param>
    /// <param name="port">The port.</param>
    public static Endpoint FromIpv4(uint address, ushort port) => new(4, address, port, 0);

    /// <summary>An IPv6 endpoint, or an IPv4 one if the address is an IPv4-mapped one.</summary>
    /// <param name="address">The address, its first byte highest.</param>
    /// <param name="port">The port.</param>
    /// <param name="scope">Interface index of a link-local address.</param>
    public static Endpoint FromIpv6(UInt128 address, ushort port, uint scope = 0) =>
        address >> 32 == 0xFFFF ? FromIpv4((uint)address, port) : new Endpoint(6, address, port, scope);

    /// <summary>From .NET's own address type.</summary>
    public static Endpoint From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), checked((ushort)port))
            : FromIpv6(BinaryPrimitives.ReadUInt128BigEndian(bytes), checked((ushort)port), (uint)address.ScopeId);
    }

    /// <summary>The same address with another port.</summary>
    public Endpoint WithPort(ushort port) => new(_version, Address, port, Scope, IsTcp);

    /// <summary>The same address and port, reached over TLS on TCP.</summary>
    public Endpoint OverTcp() => new(_version, Address, Port, Scope, isTcp: true);

    /// <summary>The same address and port, reached by UDP.</summary>
    public Endpoint OverUdp() => new(_version, Address, Port, Scope);

    /// <summary>.NET's own address type.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is none.</exception>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        return _version switch
        {
            4 => new IPAddress(bytes[12..]),
            6 => new IPAddress(bytes, Scope),
            _ => throw new InvalidOperationException("The endpoint is none."),
        };
    }

    /// <summary>.NET's own endpoint type.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is none.</exception>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary>Reads <c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>. The port must be there.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Endpoint result)
    {
        result = default;
        var colon = s?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !ushort.TryParse(s.AsSpan(colon + 1), provider, out var port))
        {
            return false;
        }

        var host = s.AsSpan(0, colon);
        var bracketed = host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var address)
            || bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return false;
        }

        result = From(address, port);
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out Endpoint)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out Endpoint result) => TryParse(s, null, out result);

    /// <summary>Reads <c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>.</summary>
    /// <exception cref="FormatException">The text is no endpoint.</exception>
    public static Endpoint Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no address with a port.");

    /// <summary>Whether two endpoints are the same.</summary>
    public static bool operator ==(Endpoint left, Endpoint right) => left.Equals(right);

    /// <summary>Whether two endpoints differ.</summary>
    public static bool operator !=(Endpoint left, Endpoint right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Endpoint other) =>
        Address == other.Address && Port == other.Port && _version == other._version && Scope == other.Scope && IsTcp == other.IsTcp;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Endpoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine((ulong)(Address >> 64), (ulong)Address, Port, _version, Scope, IsTcp);

    /// <inheritdoc/>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        Span<char> text = stackalloc char[80];
        return TryFormat(text, out var written, default, formatProvider) ? new string(text[..written]) : string.Empty;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        (_version, IsTcp) switch
        {
            (4, true) => destination.TryWrite(provider, $"{ToIPAddress()}:{Port}/tcp", out charsWritten),
            (6, true) => destination.TryWrite(provider, $"[{ToIPAddress()}]:{Port}/tcp", out charsWritten),
            (4, _) => destination.TryWrite(provider, $"{ToIPAddress()}:{Port}", out charsWritten),
            (6, _) => destination.TryWrite(provider, $"[{ToIPAddress()}]:{Port}", out charsWritten),
            _ => destination.TryWrite(provider, $"none", out charsWritten),
        };
}
