using System.Runtime.InteropServices;

namespace NTMobile.Linux;

/// <summary>poll(2) for the few descriptors that one loop waits for.</summary>
public static unsafe class Poller
{
    /// <summary>Waits until one descriptor can be read, or a second one.</summary>
    /// <param name="descriptor">The descriptor waited for.</param>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever, 0 only looks.</param>
    /// <param name="wake">A second descriptor that ends the wait, or -1.</param>
    /// <returns>Whether <paramref name="descriptor"/> can be read (or has an error to be read).</returns>
    /// <exception cref="LinuxException">A descriptor is closed.</exception>
    public static bool WaitReadable(int descriptor, int timeoutMilliseconds, int wake = -1)
    {
        var fds = stackalloc pollfd[2];
        fds[0] = new pollfd { fd = descriptor, events = Libc.POLLIN };
        fds[1] = new pollfd { fd = wake, events = Libc.POLLIN };
        return Wait(new Span<pollfd>(fds, 2), timeoutMilliseconds) > 0 && fds[0].revents != 0;
    }

    /// <summary>Sleeps for a time shorter than poll(2) can count; a signal ends it earlier.</summary>
    /// <param name="microseconds">Less than a second. The kernel adds the thread's timer slack, see <see cref="UseFineTimers"/>.</param>
    public static void Pause(int microseconds)
    {
        var time = new timespec { tv_nsec = microseconds * 1000 };
        Libc.ppoll(null, 0, &time, null);
    }

    /// <summary>Makes the calling thread's sleeps as long as asked; otherwise the kernel may add 50 µs (prctl(2), PR_SET_TIMERSLACK).</summary>
    public static void UseFineTimers() => Libc.prctl(Libc.PR_SET_TIMERSLACK, 1, 0, 0, 0);

    /// <summary>Waits until one of several descriptors is ready.</summary>
    /// <param name="fds">What is waited for; the kernel leaves negative descriptors out.</param>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever, 0 only looks.</param>
    /// <returns>How many are ready; zero after the time-out or a signal.</returns>
    /// <exception cref="LinuxException">A descriptor is closed.</exception>
    public static int Wait(Span<pollfd> fds, int timeoutMilliseconds)
    {
        fixed (pollfd* p = fds)
        {
            var ready = Libc.poll(p, (ulong)fds.Length, timeoutMilliseconds);
            if (ready < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                return errno == Libc.EINTR ? 0 : throw new LinuxException("poll", errno);
            }

            foreach (ref readonly var fd in fds)
            {
                if ((fd.revents & Libc.POLLNVAL) != 0)
                {
                    throw new LinuxException("poll", Libc.EBADF);
                }
            }

            return ready;
        }
    }
}
