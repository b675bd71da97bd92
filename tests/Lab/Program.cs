using NTMobile.Lab;

return await LabCommands.RunAsync(args).ConfigureAwait(false);
