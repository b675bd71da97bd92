namespace NTMobile.Wire.Frames;

/// <summary>What is known of the port that a NAT will give to the next connection.</summary>
public enum PortForecast : byte
{
    /// <summary>Nothing: any port.</summary>
    None = 0,

    /// <summary>It is the port named, for every remote endpoint.</summary>
    Fixed = 1,

    /// <summary>The next mapping gets the port named, and those after it the ports that follow.</summary>
    Sequential = 2,
}
