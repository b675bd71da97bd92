namespace NTMobile.NetfilterBridge;

// linux/if_tun.h says what they mean.
internal static class Tun
{
    public const uint TUNSETIFF = 0x400454CA;
    public const uint TUNSETPERSIST = 0x400454CB;
    public const uint TUNSETOFFLOAD = 0x400454D0;
    public const uint TUNSETVNETHDRSZ = 0x400454D8;

    public const int IFF_TUN = 0x0001;
    public const int IFF_NO_PI = 0x1000;
    public const int IFF_VNET_HDR = 0x4000;

    public const int TUN_F_CSUM = 0x01;
    public const int TUN_F_TSO4 = 0x02;
    public const int TUN_F_TSO6 = 0x04;
    public const int TUN_F_TSO_ECN = 0x08;
    public const int TUN_F_USO4 = 0x20;
    public const int TUN_F_USO6 = 0x40;
}
