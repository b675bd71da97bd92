using NTMobile.Benchmarks;

return await BenchCommand.RunAsync(args).ConfigureAwait(false);
