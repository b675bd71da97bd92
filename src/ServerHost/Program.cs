Console.Error.WriteLine("ntm-server: the roles are not composed yet in this revision (docs/next.md)");
return 1;
