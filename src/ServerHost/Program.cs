using NTMobile.ServerHost.Commands;

return await ServerCommands.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
