using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterDaemon.Network;
using NTMobile.Storage;
using Stored = NTMobile.Storage.Tables.Publication;

namespace NTMobile.RouterDaemon.Service;

/// <summary>
/// What the owner publishes: kept in the store. The kernel is told from which ports answers may have to go back through the relay server, by MAC address,
/// before the first question can come in.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="install">Tells the kernel; throws <see cref="RuleSetException"/>.</param>
internal sealed class Publications(StoreFile store, Action<IReadOnlyList<AnsweringPorts>> install)
{
    private readonly Lock _gate = new();

    /// <summary>All that is published.</summary>
    public IReadOnlyList<Stored> All => [.. store.Publications.All];

    /// <summary>What is published of a device; null: nothing.</summary>
    public Stored? Find(string device) => store.Publications.Find(device);

    /// <summary>Tells the kernel what the store has.</summary>
    /// <exception cref="RuleSetException">A tool refused.</exception>
    public void Install() => install(ForKernel(store.Publications.All));

    /// <summary>Publishes a device, in place of what was published of it.</summary>
    /// <exception cref="RuleSetException">A tool refused; nothing is changed.</exception>
    public void Set(Stored publication)
    {
        lock (_gate)
        {
            install(ForKernel(store.Publications.All.Where(p => p.Device != publication.Device).Append(publication)));
            store.Publications.Put(publication);
        }
    }

    /// <summary>Publishes a device no more.</summary>
    /// <returns>False when it was not published.</returns>
    /// <exception cref="RuleSetException">A tool refused; the device is not published any more all the same.</exception>
    public bool Remove(string device)
    {
        lock (_gate)
        {
            if (!store.Publications.Remove(device))
            {
                return false;
            }

            Install();
            return true;
        }
    }

    private List<AnsweringPorts> ForKernel(IEnumerable<Stored> publications) =>
    [
        .. from publication in publications.ToArray()
           let mac = store.Devices.Find(publication.Device)?.Mac
           where mac is not null && PortList.TryParse(string.Join(',', publication.Ports), out _, out _)
           from rule in Rules(publication)
           select new AnsweringPorts(DeviceFinder.ToMacAddress(mac), (byte)rule.Protocol, (ushort)rule.First, (ushort)rule.Last),
    ];

    /// <summary>The ports, in order; none where the store has what this program does not understand.</summary>
    public static IReadOnlyList<PortRule> Rules(Stored publication) =>
        PortList.TryParse(string.Join(',', publication.Ports), out var list, out _) && !list.IsAll ? list.Rules : [];
}
