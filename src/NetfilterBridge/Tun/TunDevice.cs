using System.Runtime.InteropServices;
using System.Text;
using NTMobile.Linux;
using static NTMobile.NetfilterBridge.Tun;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// A TUN device with offloads: each frame begins with a <see cref="VirtioNetHeader"/>, and a frame may be a super-packet. What is
/// written arrives in the kernel as if it came in by the device; what the kernel routes to the device is read. Threads may write at
/// the same time. The device goes with the process.
/// </summary>
public sealed unsafe class TunDevice : IDisposable
{
    /// <summary>Bytes that a frame can have with its virtio header.</summary>
    public const int MaximumFrame = VirtioNetHeader.Length + 65535;

    private readonly FileDescriptor _descriptor;

    /// <summary>Makes the device. It is down; <see cref="RouteEditor"/> switches it on.</summary>
    /// <param name="name">Interface name, at most 15 bytes.</param>
    /// <param name="readsSuperPackets">Whether what is read may be super-packets; else the kernel cuts them before.</param>
    /// <exception cref="LinuxException">The kernel refused; EBUSY: another process has the device.</exception>
    public TunDevice(string name, bool readsSuperPackets = true)
    {
        Name = name;
        _descriptor = new FileDescriptor(
            Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0), "open /dev/net/tun");
        ifreq request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.ifr_name, Libc.IFNAMSIZ - 1));
        request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
        LinuxException.Check(Libc.ioctl(Descriptor, TUNSETIFF, &request), $"make TUN device {name}");
        var headerLength = VirtioNetHeader.Length;
        LinuxException.Check(Libc.ioctl(Descriptor, TUNSETVNETHDRSZ, &headerLength), $"virtio header of {name}");
        CanSegmentUdp = readsSuperPackets && TrySetOffload(TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_USO4 | TUN_F_USO6);
        if (!CanSegmentUdp && !TrySetOffload(readsSuperPackets ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : TUN_F_CSUM))
        {
            throw LinuxException.Last($"offloads of {name}");
        }

        Index = (int)Libc.if_nametoindex(name);
    }

    /// <summary>Interface name.</summary>
    public string Name { get; }

    /// <summary>Interface number.</summary>
    public int Index { get; }

    /// <summary>Whether super-packets of UDP may be read (kernel 6.2 and later).</summary>
    public bool CanSegmentUdp { get; }

    /// <summary>Descriptor to poll.</summary>
    public int Descriptor => _descriptor.Value;

    /// <summary>Writes a frame whose payload lies in slices.</summary>
    /// <param name="virtio">How to cut it and which checksum to complete.</param>
    /// <param name="frame">Headers and slices.</param>
    /// <param name="headerLength">Bytes used of <see cref="TunFrame.Headers"/>.</param>
    /// <returns>0, or the error number: EINVAL for a malformed frame, EIO while the device is down, EAGAIN or ENOBUFS under memory pressure.</returns>
    public int Write(in VirtioNetHeader virtio, TunFrame frame, int headerLength)
    {
        fixed (iovec* vectors = frame.Finish(virtio, headerLength))
        {
            return Libc.writev(Descriptor, vectors, frame.SliceCount + 1) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Writes a frame that lies in one piece.</summary>
    /// <param name="virtio">How to cut it and which checksum to complete.</param>
    /// <param name="packet">The IP packet.</param>
    /// <returns>As the other overload.</returns>
    public int Write(in VirtioNetHeader virtio, ReadOnlySpan<byte> packet)
    {
        fixed (VirtioNetHeader* header = &virtio)
        fixed (byte* bytes = packet)
        {
            var vectors = stackalloc iovec[2];
            vectors[0] = new iovec { iov_base = header, iov_len = VirtioNetHeader.Length };
            vectors[1] = new iovec { iov_base = bytes, iov_len = (nuint)packet.Length };
            return Libc.writev(Descriptor, vectors, 2) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Reads one frame that the kernel routed to the device, without waiting.</summary>
    /// <param name="buffer">At least <see cref="MaximumFrame"/> bytes; the frame begins with its virtio header.</param>
    /// <returns>Bytes with the virtio header; zero when no frame waits.</returns>
    /// <exception cref="LinuxException">The device is broken.</exception>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var length = Libc.read(Descriptor, bytes, (nuint)buffer.Length);
            if (length >= 0)
            {
                return (int)length;
            }

            var errno = Marshal.GetLastPInvokeError();
            return errno is Libc.EAGAIN or Libc.EINTR ? 0 : throw new LinuxException($"read {Name}", errno);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private bool TrySetOffload(int flags) => Libc.ioctl(Descriptor, TUNSETOFFLOAD, (void*)flags) == 0;
}
