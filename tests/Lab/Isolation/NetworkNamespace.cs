namespace NTMobile.Lab;

/// <summary>Runs code inside a named network namespace, on a thread that lives for that code only.</summary>
internal static class NetworkNamespace
{
    /// <summary>Where iproute2 keeps named namespaces.</summary>
    public const string Folder = "/run/netns";

    /// <summary>Runs <paramref name="work"/> inside and returns its result; its exception comes out wrapped once.</summary>
    public static T Run<T>(string name, Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Native.EnterNetwork($"{Folder}/{name}");
                result = work();
            }
#pragma warning disable CA1031 // It is thrown again on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = $"in {name}" };
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new LabException($"inside {name}: {failure.Message}", failure);
    }
}
