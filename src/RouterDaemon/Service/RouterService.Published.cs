using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Servers;

namespace NTMobile.RouterDaemon.Service;

/// <summary>What everybody on the Internet may reach.</summary>
internal sealed partial class RouterService
{
    // The servers answer within some round trips, where they do.
    private static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan PublishBeat = TimeSpan.FromMilliseconds(100);

    public async Task<Result<Publication>> PublishAsync(PublishRequest request, CancellationToken cancel)
    {
        if (store.Devices.Find(request.Device) is null)
        {
            return ControlError.NotFound($"no device is named {request.Device}; name it first");
        }

        if (keys.Provider is null)
        {
            return NotEnrolled();
        }

        var former = publications.Find(request.Device);
        try
        {
            publications.Set(new Storage.Tables.Publication(request.Device, request.Ports.Split(',')));
            Apply();
            var publication = await DecidedAsync(request.Device, cancel).ConfigureAwait(false);
            if (publication.State is PublicationState.Published or PublicationState.Waiting or PublicationState.NotNamed)
            {
                return publication;
            }

            Restore(request.Device, former);
            return ControlError.Refused($"{request.Device} cannot be published: {publication.Problem}");
        }
        catch (RuleSetException e)
        {
            return ControlError.Unavailable(e.Message);
        }
    }

    public Task<ControlError?> UnpublishAsync(string device, CancellationToken cancel)
    {
        ControlError? problem = null;
        try
        {
            problem = publications.Remove(device) ? null : ControlError.NotFound($"{device} is not published");
        }
        catch (RuleSetException e)
        {
            problem = ControlError.Unavailable(e.Message);
        }

        Apply();
        return Task.FromResult(problem);
    }

    private void Restore(string device, Storage.Tables.Publication? former)
    {
        if (former is null)
        {
            publications.Remove(device);
        }
        else
        {
            publications.Set(former);
        }

        Apply();
    }

    // What the servers say, or that they say nothing.
    private async Task<Publication> DecidedAsync(string device, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var node = await host.GetStatusAsync().ConfigureAwait(false);
            var publication = Published(node).First(p => p.Device == device);
            if (publication.State != PublicationState.Waiting || time.GetElapsedTime(begun) > PublishPatience)
            {
                return publication;
            }

            await Task.Delay(PublishBeat, time, cancel).ConfigureAwait(false);
        }
    }

    private IEnumerable<Publication> Published(NodeStatus? node) => publications.All.Select(p =>
    {
        var status = node?.Published.FirstOrDefault(s => s.Label == p.Device);
        return new Publication
        {
            Device = p.Device,
            Name = $"{p.Device}.{keys.Provider?.NodeName}",
            Ports = string.Join(',', p.Ports),
            State = StateOf(status?.State),
            Address = status is { Address: not 0 } ? SnapshotMapper.Ipv4(status.Address) : null,
            Address6 = status is not null && status.Ipv6 != 0 ? SnapshotMapper.Ipv6(status.Ipv6) : null,
        };
    });

    private static PublicationState StateOf(PublishState? state) => state switch
    {
        PublishState.Published => PublicationState.Published,
        PublishState.NoAddress => PublicationState.NoAddress,
        PublishState.NotOffered => PublicationState.NotOffered,
        PublishState.PortsTaken => PublicationState.PortsTaken,
        PublishState.TooManyPorts => PublicationState.TooManyPorts,
        PublishState.Full => PublicationState.Full,
        PublishState.NotOpened => PublicationState.NotOpened,
        PublishState.NotNamed => PublicationState.NotNamed,
        _ => PublicationState.Waiting,
    };
}
