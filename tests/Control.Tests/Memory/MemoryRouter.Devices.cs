namespace NTMobile.Control.Tests.Memory;

public sealed partial class MemoryRouter
{
    public Task<Result<Device>> NameDeviceAsync(string label, NameDeviceRequest request, CancellationToken cancel)
    {
        var found = _now.Devices.FirstOrDefault(d =>
            (request.Mac is not null && d.Mac == request.Mac) || (request.Address is not null && d.Address == request.Address));
        if (found is null)
        {
            return Task.FromResult<Result<Device>>(ControlError.NotFound("No such device on the LAN."));
        }

        var named = found with { Label = label, FullName = $"{label}.{_now.Status.Name}", Confirmed = true, ClaimedBy = null };
        return Change(named, s => s.Devices.Any(d => d.Label == label && d.Mac != found.Mac && d.Confirmed)
            ? (s, ControlError.Conflict($"Another device is called {label}."))
            : (s with { Devices = [.. s.Devices.Select(d => d == found ? named : d)] }, null));
    }

    public Task<ControlError?> ForgetDeviceAsync(string label, CancellationToken cancel) => Change(s =>
        s.Devices.FirstOrDefault(d => d.Label == label) is not { } device
            ? (s, ControlError.NotFound($"No device is called {label}."))
            : (s with
            {
                Devices = [.. s.Devices.Select(d => d == device ? d with { Label = null, FullName = null, Confirmed = false, ClaimedBy = null } : d)],
                Shares = [.. s.Shares.Where(h => h.Device != label)],
            }, null));

    public Task<Result<Share>> ShareAsync(ShareRequest request, CancellationToken cancel)
    {
        var group = _now.Groups.FirstOrDefault(g => g.Id == request.Group || g.Name == request.Group);
        if (request.Group is not null && group is null)
        {
            return Task.FromResult<Result<Share>>(ControlError.NotFound($"This router is in no group {request.Group}."));
        }

        var share = new Share
        {
            Id = $"s{Interlocked.Increment(ref _ids)}",
            Device = request.Device,
            Ports = request.Ports,
            Group = group?.Id,
        };
        return Change(share, s => s.Devices.Any(d => d.Label == request.Device && d.Confirmed)
            ? (s with { Shares = [.. s.Shares, share] }, null)
            : (s, ControlError.NotFound($"No confirmed device is called {request.Device}.")));
    }

    public Task<ControlError?> UnshareAsync(string id, CancellationToken cancel) => Change(s => s.Shares.All(h => h.Id != id)
        ? (s, ControlError.NotFound($"There is no share {id}."))
        : (s with { Shares = [.. s.Shares.Where(h => h.Id != id)] }, null));

    public Task<Result<Publication>> PublishAsync(PublishRequest request, CancellationToken cancel)
    {
        if (request.Ports.Contains("tcp/9999", StringComparison.Ordinal))
        {
            return Task.FromResult<Result<Publication>>(ControlError.Refused($"{request.Device} cannot be published: one of these ports is taken."));
        }

        var publication = new Publication
        {
            Device = request.Device,
            Name = $"{request.Device}.{_now.Status.Name}",
            Ports = request.Ports,
            State = PublicationState.Published,
            Address = "203.0.113.20",
        };
        return Change(publication, s => s.Devices.Any(d => d.Label == request.Device && d.Confirmed)
            ? (s with { Published = [.. s.Published.Where(p => p.Device != request.Device), publication] }, null)
            : (s, ControlError.NotFound($"No confirmed device is called {request.Device}.")));
    }

    public Task<ControlError?> UnpublishAsync(string device, CancellationToken cancel) => Change(s => s.Published.All(p => p.Device != device)
        ? (s, ControlError.NotFound($"{device} is not published."))
        : (s with { Published = [.. s.Published.Where(p => p.Device != device)] }, null));

    public Task<Result<InternetRule>> SetInternetRuleAsync(InternetRuleRequest request, CancellationToken cancel)
    {
        var rule = new InternetRule { Id = request.Device ?? "all", Mac = null, Device = request.Device, Destination = request.Destination, Way = request.Way };
        return Change(rule, s => (s with { Internet = s.Internet with { Rules = [.. s.Internet.Rules.Where(r => r.Id != rule.Id), rule] } }, null));
    }

    public Task<ControlError?> RemoveInternetRuleAsync(string id, CancellationToken cancel) => Change(s => s.Internet.Rules.All(r => r.Id != id)
        ? (s, ControlError.NotFound($"There is no rule {id}."))
        : (s with { Internet = s.Internet with { Rules = [.. s.Internet.Rules.Where(r => r.Id != id)] } }, null));
}
