using NTMobile.Storage;

namespace NTMobile.ServerHost.Composition;

/// <summary>The DS's slow work, off its threads: writes registrations to the store, and gets a new certificate in time.</summary>
internal sealed class DsUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtCertificateEvery = TimeSpan.FromHours(12);

    private readonly DsHost _ds;
    private readonly ICertifier _certifier;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private byte[] _certificate;

    /// <summary>Starts the work.</summary>
    public DsUpkeep(DsHost ds, ICertifier certifier, byte[] certificate, ILogger logger, TimeProvider time)
    {
        _ds = ds;
        _certifier = certifier;
        _certificate = certificate;
        _logger = logger;
        _time = time;
        _work = WorkAsync();
    }

    /// <summary>Ends the work; what is noted is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
        Flush();
    }

    private async Task WorkAsync()
    {
        using var timer = new PeriodicTimer(FlushEvery, _time);
        long looked = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                Flush();
                if (_time.GetElapsedTime(looked) >= LookAtCertificateEvery)
                {
                    looked = _time.GetTimestamp();
                    await LookAtCertificateAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Flush()
    {
        try
        {
            _ds.Registrations.Flush(_time.GetUtcNow());
        }
        catch (StoreException error)
        {
            ServerLog.StoreFailed(_logger, error.Message);
        }
    }

    private async Task LookAtCertificateAsync()
    {
        try
        {
            byte[] certificate = await _certifier.CertificateAsync(_stop.Token).ConfigureAwait(false);
            if (!ReferenceEquals(certificate, _certificate) && !certificate.AsSpan().SequenceEqual(_certificate))
            {
                _certificate = certificate;
                _ds.Use(certificate);
            }
        }
        catch (IOException error)
        {
            ServerLog.RenewalFailed(_logger, error.Message);
        }
    }
}
