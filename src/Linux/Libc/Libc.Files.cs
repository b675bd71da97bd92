using System.Runtime.InteropServices;

namespace NTMobile.Linux;

#pragma warning disable CS1591 // Names, parameters and results are those of the manual pages, section 2 and 3.

public static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string pathname, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint readv(int fd, iovec* iov, int iovcnt);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint writev(int fd, iovec* iov, int iovcnt);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int fd, int cmd, nint arg);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int poll(pollfd* fds, ulong nfds, int timeout);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ppoll(pollfd* fds, ulong nfds, timespec* tmo_p, void* sigmask);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int prctl(int option, ulong arg2, ulong arg3, ulong arg4, ulong arg5);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int eventfd(uint initval, int flags);
}
