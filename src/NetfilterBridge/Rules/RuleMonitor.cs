using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Tells that somebody changed the packet filter, by the kernel's notifications (NFNLGRP_NFTABLES, linux/netfilter/nfnetlink.h): any rule, chain or table
/// of nftables or of <c>iptables-nft</c> in this network namespace, also by ourselves. One thread waits.
/// </summary>
public sealed class RuleMonitor : IDisposable
{
    private const uint NftablesGroup = 1 << (7 - 1);
    private readonly NetlinkSocket _socket = new(Libc.NETLINK_NETFILTER, NftablesGroup);

    /// <summary>Waits for a change.</summary>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever.</param>
    /// <param name="wake">A second descriptor that ends the wait, or -1.</param>
    /// <returns>Whether there was one since the last call. What it was must be looked up: several may have come together.</returns>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public bool Wait(int timeoutMilliseconds, int wake = -1)
    {
        if (!Poller.WaitReadable(_socket.Descriptor, timeoutMilliseconds, wake))
        {
            return false;
        }

        var changed = false;
        while (true)
        {
            if (_socket.TryReceive(out _, out var errno, Libc.MSG_DONTWAIT) || errno == Libc.ENOBUFS)
            {
                changed = true;
            }
            else if (errno == Libc.EAGAIN)
            {
                return changed;
            }
            else
            {
                throw new LinuxException("packet filter's notifications", errno);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
