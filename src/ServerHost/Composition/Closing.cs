namespace NTMobile.ServerHost.Composition;

/// <summary>What is to be closed at the end, the last opened first.</summary>
internal sealed class Closing : IAsyncDisposable
{
    private readonly Stack<object> _open = [];

    /// <summary>Takes over an <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>.</summary>
    /// <returns>The same.</returns>
    public T Add<T>(T opened)
        where T : class
    {
        _open.Push(opened);
        return opened;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out object? last))
        {
            if (last is IAsyncDisposable patient)
            {
                await patient.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                ((IDisposable)last).Dispose();
            }
        }
    }
}
