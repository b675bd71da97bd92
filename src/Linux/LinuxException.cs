using System.ComponentModel;
using System.Runtime.InteropServices;

namespace NTMobile.Linux;

/// <summary>A system call, or a request over netlink, that the kernel refused.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>Names the call and its error.</summary>
    /// <param name="operation">What was tried, for example <c>bind 0.0.0.0:53</c>.</param>
    /// <param name="errno">The error number, positive.</param>
    /// <param name="detail">The kernel's own words, if it gave any.</param>
    public LinuxException(string operation, int errno, string? detail = null)
        : base($"{operation}: {Libc.ErrorName(errno)} ({detail ?? new Win32Exception(errno).Message})") => Errno = errno;

    /// <summary>The error number, see the constants of <see cref="Libc"/>.</summary>
    public int Errno { get; }

    /// <summary>The exception for the call that failed just before on this thread.</summary>
    public static LinuxException Last(string operation) => new(operation, Marshal.GetLastPInvokeError());

    /// <summary>Throws when a call returned a negative number; otherwise returns it.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static int Check(int result, string operation) => result < 0 ? throw Last(operation) : result;

    /// <inheritdoc cref="Check(int, string)"/>
    public static nint Check(nint result, string operation) => result < 0 ? throw Last(operation) : result;
}
