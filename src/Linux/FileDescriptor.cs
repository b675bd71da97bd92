using Microsoft.Win32.SafeHandles;

namespace NTMobile.Linux;

/// <summary>Owns a file descriptor and closes it once.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over the result of a call that opens something.</summary>
    /// <param name="fd">The call's result.</param>
    /// <param name="operation">What was opened, for the error's text.</param>
    /// <exception cref="LinuxException">The result is negative.</exception>
    public FileDescriptor(int fd, string operation)
        : base(ownsHandle: true) => SetHandle(LinuxException.Check(fd, operation));

    /// <summary>The number. It must not be used after <see cref="System.Runtime.InteropServices.SafeHandle.Dispose()"/>.</summary>
    public int Value => (int)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
