namespace NTMobile.Lab;

/// <summary>Home routers' NATs, each a subscriber of the next.</summary>
internal sealed class ChainPreset(int nats) : HomePreset
{
    public override string Kind => $"nat{nats}-";

    public override string Description => $"{nats} NATs as at home, one behind another";

    internal override Preset? Behind { get; } = nats > 1 ? new ChainPreset(nats - 1) : null;
}
