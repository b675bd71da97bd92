using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NTMobile.Benchmarks;

/// <summary>Says how many packets are due, so that a rate is kept in small steps. A sender that is held up drops the arrears over 10 ms.</summary>
internal sealed partial class PacketPace
{
    private const double MostArrears = 0.01;
    private const long StepNanoseconds = 100_000;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly double _rate;
    private double _begin;
    private long _taken;

    /// <param name="rate">Packets per s.</param>
    public PacketPace(double rate)
    {
        _rate = rate;
        Finer();
    }

    /// <summary>s since the beginning.</summary>
    public double Elapsed => _clock.Elapsed.TotalSeconds;

    /// <summary>Packets that should be sent now, 0 or more.</summary>
    public int Due()
    {
        var due = ((Elapsed - _begin) * _rate) - _taken;
        if (due > _rate * MostArrears)
        {
            _begin += (due / _rate) - MostArrears;
            due = _rate * MostArrears;
        }

        return (int)due;
    }

    /// <summary>So many were sent.</summary>
    public void Take(int packets) => _taken += packets;

    /// <summary>Leaves the processor for 0.1 ms.</summary>
    public static void Pause()
    {
        var time = new Time { Nanoseconds = StepNanoseconds };
        _ = nanosleep(time, 0);
    }

    // Else the kernel may lengthen each sleep by 50 µs: prctl(2), PR_SET_TIMERSLACK, in ns.
    private static void Finer() => _ = prctl(29, 1, 0, 0, 0);

    [LibraryImport("libc")]
    private static partial int nanosleep(in Time time, nint left);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
