using NTMobile.Storage.Pages;

namespace NTMobile.Storage.Tests;

/// <summary>A disk of one file in memory. What was not flushed is lost at a power loss, wholly or in part: of the unflushed writes each
/// 512-byte sector may have reached the medium or not, in any order.</summary>
internal sealed class MemoryFile(PowerSupply power) : IBlockFile
{
    private const int Sector = 512;

    private readonly List<(long Offset, byte[] Bytes)> _unflushed = [];
    private byte[] _durable = [];
    private byte[] _seen = [];

    public long Length => _seen.Length;

    public byte[] Content => _seen;

    public int Read(long offset, Span<byte> into)
    {
        if (offset >= _seen.Length)
        {
            return 0;
        }

        var part = _seen.AsSpan((int)offset)[..Math.Min(into.Length, _seen.Length - (int)offset)];
        part.CopyTo(into);
        return part.Length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _unflushed.Add((offset, bytes.ToArray()));
        _seen = Put(_seen, offset, bytes);
        power.Step();
    }

    public void SetLength(long length)
    {
        _unflushed.Add((length, []));
        Array.Resize(ref _seen, (int)length);
        power.Step();
    }

    public void Flush()
    {
        power.Step();
        _durable = [.. _seen];
        _unflushed.Clear();
    }

    /// <summary>What the medium has when the power is back.</summary>
    public MemoryFile AfterPowerLoss(PowerSupply next, Func<int, bool> reached)
    {
        var medium = _durable.ToArray();
        foreach (var (offset, bytes) in _unflushed)
        {
            if (bytes.Length == 0)
            {
                if (reached(0))
                {
                    Array.Resize(ref medium, (int)offset);
                }

                continue;
            }

            for (var at = 0; at < bytes.Length; at += Sector)
            {
                if (reached(at))
                {
                    medium = Put(medium, offset + at, bytes.AsSpan(at, Math.Min(Sector, bytes.Length - at)));
                }
            }
        }

        return new MemoryFile(next) { _durable = [.. medium], _seen = [.. medium] };
    }

    public static MemoryFile With(byte[] content, PowerSupply power) => new(power) { _durable = [.. content], _seen = [.. content] };

    public void Dispose()
    {
    }

    private static byte[] Put(byte[] file, long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset + bytes.Length > file.Length)
        {
            Array.Resize(ref file, (int)offset + bytes.Length);
        }

        bytes.CopyTo(file.AsSpan((int)offset));
        return file;
    }
}

/// <summary>Fails after a number of steps.</summary>
internal sealed class PowerSupply(int steps)
{
    public static PowerSupply Steady => new(int.MaxValue);

    public int Used { get; private set; }

    public void Step()
    {
        if (Used++ >= steps)
        {
            throw new PowerLossException();
        }
    }
}

internal sealed class PowerLossException : Exception;
