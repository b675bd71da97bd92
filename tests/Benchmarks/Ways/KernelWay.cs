namespace NTMobile.Benchmarks;

/// <summary>
/// What the same two routers do with ordinary traffic: forwarding and alice's masquerading, no queue, no process, no encryption. Nothing
/// else can carry it, since the target is bob's device's own address, so nothing counts.
/// </summary>
internal sealed class KernelWay(string target) : Way
{
    public const string WayKey = "kernel_forward";

    public override string Key => WayKey;

    public override string Title => "kernel forwarding, no tunnel";

    public override WayKind Kind => WayKind.Kernel;

    public override string Target => target;

    protected override Task<Carried?> CountAsync() => Task.FromResult<Carried?>(null);
}
