namespace NTMobile.Wire.Dns;

/// <summary>What is asked (RFC 1035 §4.1.2): name, type (2), class (2).</summary>
/// <param name="AskedName">
/// The name with its letters as the asker wrote them. An answer gives them back unchanged, since askers hide random bits there.
/// </param>
/// <param name="Type">The record type wanted.</param>
/// <param name="Class">The class.</param>
public sealed record DnsQuestion(string AskedName, DnsType Type, DnsClass Class = DnsClass.Internet)
{
    /// <summary>The name in lower case, without the last dot; the root is empty. It may be no <see cref="HostName"/>.</summary>
    public string Name { get; } = AskedName.ToLowerInvariant();

    internal static DnsQuestion Read(ref DnsReader reader) =>
        new(reader.Name(), (DnsType)reader.UInt16(), (DnsClass)reader.UInt16());

    internal void Write(ref DnsWriter writer)
    {
        writer.Name(AskedName);
        writer.UInt16((ushort)Type);
        writer.UInt16((ushort)Class);
    }
}
