using NTMobile.Packets;

namespace NTMobile.Wire;

/// <summary>Bytes that the fields of varying length take in a message, their length or count byte included.</summary>
internal static class WireLength
{
    public static int Of(string name) => 1 + name.Length;

    public static int Of(Endpoint endpoint) => 1 + (endpoint.IsIpv4 ? 4 : 16) + 2;

    public static int Of<T>(T[] list, Func<T, int> item) => 1 + list.Sum(item);
}
