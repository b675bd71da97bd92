using NTMobile.NetfilterBridge;

namespace NTMobile.ServerHost.Sockets;

/// <summary>Why the kernel did not take a datagram.</summary>
internal enum SendDrop
{
    /// <summary>The socket's send buffer, or a TLS client's queue, was full and stayed so; or the client is gone.</summary>
    SendBufferFull,

    /// <summary>It was bigger than the interface's MTU.</summary>
    TooBig,

    /// <summary>No route, or the interface is down.</summary>
    Unreachable,

    /// <summary>Anything else, for example a firewall of this machine.</summary>
    SendRefused,
}

/// <summary>The reasons of failed sends.</summary>
internal static class SendDrops
{
    /// <summary>Why a send failed.</summary>
    public static SendDrop Reason(this SendResult failed) => failed.Status switch
    {
        SendStatus.WouldBlock => SendDrop.SendBufferFull,
        SendStatus.TooBig => SendDrop.TooBig,
        SendStatus.Unreachable => SendDrop.Unreachable,
        _ => SendDrop.SendRefused,
    };
}
