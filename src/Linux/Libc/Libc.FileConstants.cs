namespace NTMobile.Linux;

#pragma warning disable CS1591 // The manual pages open(2), fcntl(2), poll(2), eventfd(2) and prctl(2) say what they mean.

public static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int F_GETFL = 3;
    public const int F_SETFL = 4;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;
    public const short POLLNVAL = 32;

    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;

    public const int IFNAMSIZ = 16;

    public const int PR_SET_TIMERSLACK = 29;
}
