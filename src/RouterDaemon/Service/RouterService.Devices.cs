using System.Net;
using System.Net.Sockets;
using NTMobile.Control;
using NTMobile.RouterDaemon.Network;
using NTMobile.Wire;

namespace NTMobile.RouterDaemon.Service;

/// <summary>Devices, shares and groups.</summary>
internal sealed partial class RouterService
{
    public Task<Result<Device>> NameDeviceAsync(string label, NameDeviceRequest request, CancellationToken cancel)
    {
        devices.Refresh();
        return Task.FromResult(NameDevice(label, request));
    }

    public Task<ControlError?> ForgetDeviceAsync(string label, CancellationToken cancel)
    {
        if (!store.Devices.Remove(label))
        {
            return Task.FromResult<ControlError?>(ControlError.NotFound($"no device is named {label}"));
        }

        foreach (var share in store.Shares.All.Where(s => s.Device == label).ToArray())
        {
            store.Shares.Remove(share.Device, share.Group);
        }

        if (publications.Find(label) is not null)
        {
            return UnpublishAsync(label, cancel);
        }

        Apply();
        return Task.FromResult<ControlError?>(null);
    }

    public Task<Result<Share>> ShareAsync(ShareRequest request, CancellationToken cancel)
    {
        Result<Share> result;
        if (store.Devices.Find(request.Device) is null)
        {
            result = ControlError.NotFound($"no device is named {request.Device}; name it first");
        }
        else if (request.Group is not null && groups.Find(request.Group) is null)
        {
            result = ControlError.NotFound($"this router is in no group {request.Group}");
        }
        else
        {
            var group = request.Group is null ? null : groups.Find(request.Group)!.Id;
            var share = new Storage.Tables.Share(request.Device, group, request.Ports.Split(','), time.GetUtcNow());
            store.Shares.Put(share);
            Apply();
            result = Shown(share);
        }

        return Task.FromResult(result);
    }

    public Task<ControlError?> UnshareAsync(string id, CancellationToken cancel)
    {
        var share = store.Shares.All.FirstOrDefault(s => IdOf(s) == id);
        if (share is null || !store.Shares.Remove(share.Device, share.Group))
        {
            return Task.FromResult<ControlError?>(ControlError.NotFound($"there is no share {id}"));
        }

        Apply();
        return Task.FromResult<ControlError?>(null);
    }

    private Result<Device> NameDevice(string name, NameDeviceRequest request)
    {
        if (!HostName.TryNormalize(name, out var label) || !HostName.IsLabel(label))
        {
            return ControlError.Invalid($"\"{name}\" is no name for a device: letters, digits and hyphens");
        }

        if (Find(request, out var mac, out var address) is { } problem)
        {
            return problem;
        }

        if (store.Devices.All.FirstOrDefault(d => d.Mac == mac && d.Label != label) is { } named)
        {
            return ControlError.Conflict($"{mac} is named {named.Label} already; forget that name first");
        }

        // The owner says so: a confirmed label goes to another MAC only by this call.
        var known = store.Devices.Find(label);
        if (known is not null && known.Mac != mac)
        {
            store.Devices.Remove(label);
            known = null;
        }

        store.Devices.Put(new Storage.Tables.Device(label, mac, address, true, known?.FirstSeen ?? time.GetUtcNow(), time.GetUtcNow()));
        if (known is null && publications.Find(label) is not null && WhyNotInstalled() is { } refused)
        {
            return refused;
        }

        Apply();
        return Devices(keys.Provider?.NodeName ?? "").First(d => d.Label == label);
    }

    // The kernel knows published devices by their MAC addresses.
    private ControlError? WhyNotInstalled()
    {
        try
        {
            publications.Install();
            return null;
        }
        catch (NetfilterBridge.RuleSetException e)
        {
            return ControlError.Unavailable(e.Message);
        }
    }

    // Whom the owner means; null: MAC and address are known.
    private ControlError? Find(NameDeviceRequest request, out string mac, out IPAddress address)
    {
        (mac, address) = ("", IPAddress.None);
        IPAddress? given = null;
        if (request.Address is not null && (!IPAddress.TryParse(request.Address, out given)
            || given.ToString() != request.Address))
        {
            return ControlError.Invalid($"\"{request.Address}\" is no IP address");
        }

        if (given is not null && !IsForDevices(given))
        {
            return ControlError.Invalid($"{given} is no address of a device on the LAN {lan.Address}/{lan.PrefixLength}");
        }

        var bound = request.Mac is null ? null : DeviceFinder.Mac(request.Mac);
        if (bound is null && request.Mac is not null)
        {
            return ControlError.Invalid($"\"{request.Mac}\" is no MAC address of a device");
        }

        var seen = devices.Neighbours
            .Where(n => (bound is null || DeviceFinder.Mac(n) == bound) && (given is null || n.Address.Equals(given)))
            .MaxBy(DeviceFinder.IsConfirmed);
        bound ??= seen is null ? null : DeviceFinder.Mac(seen);
        if (bound is null)
        {
            return ControlError.NotFound($"nobody on the LAN has the address {given} now");
        }

        if ((given ?? seen?.Address) is not { } at)
        {
            return ControlError.NotFound($"{bound} is not on the LAN now; give its address too");
        }

        (mac, address) = (bound, at);
        return null;
    }

    private bool IsForDevices(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return DeviceFinder.IsOfDevices(address) && devices.Neighbours.Any(n => n.Address.Equals(address));
        }

        var (own, other) = (DeviceFinder.Ipv4(lan.Address), DeviceFinder.Ipv4(address));
        return own != other && (own ^ other) >> (32 - lan.PrefixLength) == 0;
    }

    private List<Device> Devices(string router)
    {
        var named = store.Devices.All.ToArray();
        var shown = named.Select(d => new Device
        {
            Label = d.Label,
            FullName = router.Length == 0 ? null : $"{d.Label}.{router}",
            Hint = null,
            Mac = d.Mac,
            Address = d.Address.ToString(),
            Confirmed = d.Confirmed,
            ClaimedBy = devices.ClaimedBy(d),
            LastSeen = devices.LastSeen(d.Mac) ?? d.LastSeen,
        });
        var others = devices.Neighbours
            .GroupBy(DeviceFinder.Mac, (_, entries) => entries.MaxBy(DeviceFinder.IsConfirmed)!)
            .Where(n => named.All(d => d.Mac != DeviceFinder.Mac(n)))
            .Select(n => new Device
            {
                Label = null,
                FullName = null,
                Hint = null,
                Mac = DeviceFinder.Mac(n),
                Address = n.Address.ToString(),
                Confirmed = false,
                ClaimedBy = null,
                LastSeen = devices.LastSeen(DeviceFinder.Mac(n)),
            });
        return [.. shown, .. others];
    }

    private void Apply()
    {
        devices.Refresh();
        Signal.Changed();
    }

    private static Share Shown(Storage.Tables.Share share) => new()
    {
        Id = IdOf(share),
        Device = share.Device,
        Ports = string.Join(',', share.Ports),
        Group = share.Group,
    };

    private static string IdOf(Storage.Tables.Share share) => share.Group is null ? share.Device : $"{share.Device}@{share.Group}";
}
