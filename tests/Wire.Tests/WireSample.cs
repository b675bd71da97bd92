using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests;

/// <summary>One message with the bytes that it must have.</summary>
/// <param name="name">Shown as the test's argument.</param>
/// <param name="golden">The bytes in hexadecimal, with spaces between fields.</param>
/// <param name="openTail">If the message goes "to the end": how many bytes may be cut off. Else null.</param>
public abstract class WireSample(string name, string golden, int? openTail)
{
    public string Name => name;

    public byte[] Golden { get; } = Hex.Parse(golden);

    public int? OpenTail => openTail;

    /// <summary>Writes the message's value.</summary>
    public abstract byte[] Write();

    /// <summary>Reads a message.</summary>
    /// <returns>The same value written again, or null if it is refused.</returns>
    public abstract byte[]? Rewrite(byte[] message);
}

/// <summary>A frame's body.</summary>
public sealed class FrameSample<T>(T frame, string golden, int? openTail = null, string variant = "")
    : WireSample(typeof(T).Name + variant, golden, openTail)
    where T : IFrame<T>
{
    public override byte[] Write() => Body(frame);

    public override byte[]? Rewrite(byte[] message) => T.TryRead(message, out var read) ? Body(read) : null;

    private static byte[] Body(T frame)
    {
        var body = new byte[frame.BodyLength];
        frame.WriteBody(body);
        return body;
    }
}

/// <summary>Something that is not a frame: the beginning of a datagram or of its content.</summary>
public sealed class HeaderSample(string name, string golden, Func<byte[]> write, Func<byte[], byte[]?> rewrite, int? openTail = null)
    : WireSample(name, golden, openTail)
{
    public override byte[] Write() => write();

    public override byte[]? Rewrite(byte[] message) => rewrite(message);
}

internal static class Hex
{
    public static byte[] Parse(string text) => Convert.FromHexString(string.Concat(text.Where(character => !char.IsWhiteSpace(character))));
}
