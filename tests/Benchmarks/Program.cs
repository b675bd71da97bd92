using NTMobile.Benchmarks;

return args switch
{
    [PacketSource.Command] => PacketSource.Run(),
    [PacketSink.Command, var port] => PacketSink.Run(port),
    _ => await BenchCommand.RunAsync(args).ConfigureAwait(false),
};
