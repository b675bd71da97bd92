using System.Runtime.InteropServices;

namespace NTMobile.NetfilterBridge;

// linux/netfilter/nfnetlink.h and nfnetlink_queue.h say what they mean.
internal static class Nfnetlink
{
    public const int NFNL_SUBSYS_QUEUE = 3;
    public const int NFQNL_MSG_PACKET = 0;
    public const int NFQNL_MSG_VERDICT = 1;
    public const int NFQNL_MSG_CONFIG = 2;
    public const int NFQNL_MSG_VERDICT_BATCH = 3;

    public const int NFQA_PACKET_HDR = 1;
    public const int NFQA_VERDICT_HDR = 2;
    public const int NFQA_MARK = 3;
    public const int NFQA_IFINDEX_INDEV = 5;
    public const int NFQA_IFINDEX_OUTDEV = 6;
    public const int NFQA_HWADDR = 9;
    public const int NFQA_PAYLOAD = 10;
    public const int NFQA_CAP_LEN = 13;
    public const int NFQA_SKB_INFO = 14;

    public const int NFQA_CFG_CMD = 1;
    public const int NFQA_CFG_PARAMS = 2;
    public const int NFQA_CFG_QUEUE_MAXLEN = 3;
    public const int NFQA_CFG_MASK = 4;
    public const int NFQA_CFG_FLAGS = 5;

    public const byte NFQNL_CFG_CMD_BIND = 1;
    public const byte NFQNL_COPY_META = 1;
    public const byte NFQNL_COPY_PACKET = 2;

    public const uint NFQA_CFG_F_FAIL_OPEN = 1;
    public const uint NFQA_CFG_F_GSO = 4;

    public const uint NFQA_SKB_CSUMNOTREADY = 1;
    public const uint NFQA_SKB_GSO = 2;

    public const uint NF_DROP = 0;
    public const uint NF_ACCEPT = 1;

    public static ushort Type(int message) => (ushort)((NFNL_SUBSYS_QUEUE << 8) | message);
}

// res_id is big-endian.
[StructLayout(LayoutKind.Sequential)]
internal struct nfgenmsg
{
    public byte nfgen_family;
    public byte version;
    public ushort res_id;
}
