using System.Runtime.InteropServices;

namespace NTMobile.NetfilterBridge;

/// <summary>An instruction of classic BPF, linux/filter.h; see the kernel's Documentation/networking/filter.rst. Loads are big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sock_filter(ushort code, uint k, byte ifTrue = 0)
{
    public const ushort LoadByte = 0x30; // BPF_LD | BPF_B | BPF_ABS
    public const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    public const ushort ShiftRight = 0x74; // BPF_ALU | BPF_RSH | BPF_K
    public const ushort And = 0x54; // BPF_ALU | BPF_AND | BPF_K
    public const ushort Add = 0x04; // BPF_ALU | BPF_ADD | BPF_K
    public const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    public const ushort ReturnConstant = 0x06; // BPF_RET | BPF_K
    public const ushort ReturnAccumulator = 0x16; // BPF_RET | BPF_A

    public ushort code = code;
    public byte jt = ifTrue;
    public byte jf;
    public uint k = k;
}

/// <summary>A program of classic BPF, linux/filter.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sock_fprog
{
    public ushort len;
    public sock_filter* filter;
}
