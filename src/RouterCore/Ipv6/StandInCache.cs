namespace NTMobile.RouterCore;

/// <summary>A packet loop's last look-up in the <see cref="StandInTable"/>: packets of one flow come one after another.</summary>
internal sealed class StandInCache
{
    private UInt128 _source;
    private UInt128 _destination;
    private int _version = -1;

    /// <summary>What stands for the source.</summary>
    public uint Device { get; private set; }

    /// <summary>What stands for the destination.</summary>
    public uint Virtual { get; private set; }

    /// <summary>What the change of addresses adds to the sum of a transport checksum.</summary>
    public ushort Delta { get; private set; }

    /// <summary>Looks a packet's addresses up; what was found stands in the properties.</summary>
    public bool TryFind(StandInTable table, UInt128 source, UInt128 destination)
    {
        var version = table.Version;
        if (_version == version && source == _source && destination == _destination)
        {
            return true;
        }

        (Device, Virtual) = (table.Device(source), table.Virtual(destination));
        if (Device == 0 || Virtual == 0)
        {
            _version = -1;
            return false;
        }

        (_source, _destination, _version) = (source, destination, version);
        Delta = HeaderTranslator.Delta(source, destination, Device, Virtual);
        return true;
    }
}
