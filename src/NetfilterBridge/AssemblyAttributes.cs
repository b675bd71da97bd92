using System.Runtime.CompilerServices;

// Everything that crosses into libc is blittable as it stands.
[assembly: DisableRuntimeMarshalling]
