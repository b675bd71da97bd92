using System.Runtime.CompilerServices;

// Every native signature here is blittable: no marshalling stub stands between a packet and libsodium.
[assembly: DisableRuntimeMarshalling]
