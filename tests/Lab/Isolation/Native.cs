using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace NTMobile.Lab;

/// <summary>The few system calls that the laboratory makes itself. Each one throws <see cref="LabException"/> with errno.</summary>
internal static unsafe class Native
{
    /// <summary>Mounts an empty tmpfs of at most 64 MiB over <paramref name="folder"/>.</summary>
    public static void MountTmpfs(string folder)
    {
        fixed (byte* at = Utf8(folder), type = "tmpfs\0"u8, options = "mode=755,size=64m\0"u8)
        {
            Check(LibC.mount(type, at, type, 0, options), $"mount tmpfs on {folder}");
        }
    }

    /// <summary>Moves the calling thread into the network namespace behind <paramref name="path"/>.</summary>
    public static void EnterNetwork(string path)
    {
        using var file = File.OpenHandle(path);
        Check(LibC.setns((int)file.DangerousGetHandle(), LibC.CLONE_NEWNET), $"setns {path}");
    }

    /// <summary>Asks for real-time scheduling of the calling thread; where it is refused the thread goes on as before.</summary>
    public static void PreferThisThread()
    {
        int priority = LibC.sched_get_priority_min(LibC.SCHED_FIFO);

        // struct sched_param is one int; pid 0 is the calling thread, sched(7).
        _ = sched_setscheduler(0, LibC.SCHED_FIFO, &priority);
    }

    /// <summary>
    /// Waits until one of two descriptors can be read, or the time is over (null: for ever; negative: at once). Finer than
    /// poll(2), which counts in milliseconds.
    /// </summary>
    public static void WaitReadable(int one, int other, TimeSpan? timeout)
    {
        pollfd* watched = stackalloc pollfd[2];
        watched[0] = new pollfd { fd = one, events = LibC.POLLIN };
        watched[1] = new pollfd { fd = other, events = LibC.POLLIN };
        long left = Math.Max(0, timeout?.Ticks ?? 0);
        timespec time = new()
        {
            tv_sec = left / TimeSpan.TicksPerSecond,
            tv_nsec = (int)(left % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };

        // EINTR ends the wait early, which callers bear.
        _ = LibC.ppoll(watched, 2, timeout is null ? null : &time, null);
    }

    /// <summary>Replaces the process image, execve(2). Returns only by exception.</summary>
    public static void Execute(string program, IEnumerable<string> arguments)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(e => $"{e.Key}={e.Value}");
        fixed (byte* path = Utf8(program))
        {
            Check(LibC.execve(path, Vector(arguments.Prepend(program)), Vector(environment)), $"execve {program}");
        }
    }

    private static byte** Vector(IEnumerable<string> strings)
    {
        nint[] pointers = [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];
        var vector = (byte**)NativeMemory.Alloc((nuint)(pointers.Length * sizeof(nint)));
        pointers.CopyTo(new Span<nint>(vector, pointers.Length));
        return vector;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new LabException($"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
        }
    }

    // Not in Tmds.LibC 0.5.
    [DllImport("libc", EntryPoint = "sched_setscheduler", ExactSpelling = true)]
    private static extern int sched_setscheduler(int pid, int policy, int* parameter);
}
