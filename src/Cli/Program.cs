using NTMobile.Cli;

return await NtmCommand.RunAsync(args, Console.Out, Console.Error, TimeProvider.System).ConfigureAwait(false);
