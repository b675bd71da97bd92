using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using LibC = Tmds.Linux.LibC;

namespace NTMobile.TestSupport;

/// <summary>
/// A network namespace of a thread's own. What <see cref="Run"/> is given happens on that thread, and so do the processes it starts. The
/// namespace goes with the thread and its processes; a killed test run leaves nothing behind.
/// </summary>
internal sealed class NetNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly List<Process> _processes = [];
    private readonly Thread _thread;

    public NetNamespace()
    {
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.Start();
        ThreadId = Run(() =>
        {
            if (LibC.unshare(LibC.CLONE_NEWNET) != 0)
            {
                throw new InvalidOperationException($"unshare: {Marshal.GetLastPInvokeError()} (these tests need root)");
            }

            return int.Parse(File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.Name);
        });
        Exec("ip", "link set lo up");
    }

    /// <summary>The thread's number, by which <c>ip link … netns</c> finds the namespace.</summary>
    public int ThreadId { get; }

    /// <summary>Joins two namespaces by a veth pair, both ends up.</summary>
    public static void Join(NetNamespace left, string leftName, string? leftAddress, NetNamespace right, string rightName, string? rightAddress)
    {
        left.Exec("ip", $"link add {leftName} type veth peer name {rightName} netns {right.ThreadId}");
        foreach (var (space, name, address) in new[] { (left, leftName, leftAddress), (right, rightName, rightAddress) })
        {
            if (address is not null)
            {
                space.Exec("ip", $"address add {address} dev {name}");
            }

            space.Exec("ip", $"link set {name} up");
        }
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    public T Run<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        try
        {
            return done.Task.Result;
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    /// <summary>Starts a further thread in the namespace (a thread is born into its parent's).</summary>
    public Thread Spawn(Action action) => Run(() =>
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    });

    /// <summary>Runs a program that must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public string Exec(string program, string arguments, string input = "")
    {
        var (code, output) = TryExec(program, arguments, input);
        return code == 0 ? output : throw new InvalidOperationException($"{program} {arguments}: {code}: {output}");
    }

    /// <summary>Runs a program, at most for 30 seconds.</summary>
    public (int Code, string Output) TryExec(string program, string arguments, string input = "")
    {
        var process = Start(program, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(30_000))
        {
            process.Kill();
            throw new TimeoutException($"{program} {arguments}");
        }

        return (process.ExitCode, output.Result + error.Result);
    }

    /// <summary>Starts a program; it is killed with the namespace.</summary>
    public Process Start(string program, string arguments)
    {
        var process = Run(() => Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Loop()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
