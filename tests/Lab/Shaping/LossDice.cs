using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NTMobile.Lab;

/// <summary>Throws for each packet, with a given probability to lose it.</summary>
internal sealed class LossDice(double loss)
{
    private readonly uint _losesBelow = (uint)Math.Min(uint.MaxValue, loss * uint.MaxValue);
    private readonly uint[] _numbers = new uint[1024];
    private int _used = 1024;

    public bool Loses()
    {
        if (_losesBelow == 0)
        {
            return false;
        }

        if (_used == _numbers.Length)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_numbers.AsSpan()));
            _used = 0;
        }

        return _numbers[_used++] < _losesBelow;
    }
}
