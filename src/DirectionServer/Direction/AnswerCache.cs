using NTMobile.Wire.Frames;

namespace NTMobile.DirectionServer.Direction;

/// <summary>The last answers to one node's DirectionRequests, so that a repeated request gets the same one. The oldest gives way.</summary>
internal sealed class AnswerCache
{
    private const int Capacity = 16;

    private readonly Queue<(uint Request, string Device, RouteDirection Direction)> _answers = new();

    /// <summary>The answer that a request got before, or null.</summary>
    public RouteDirection? Find(uint request, string device) =>
        _answers.FirstOrDefault(answer => answer.Request == request && answer.Device == device).Direction;

    /// <summary>Keeps an answer.</summary>
    public void Add(uint request, string device, RouteDirection direction)
    {
        if (_answers.Count == Capacity)
        {
            _answers.Dequeue();
        }

        _answers.Enqueue((request, device, direction));
    }

    /// <summary>Forgets everything: the node's session is another, and its request numbers begin anew.</summary>
    public void Clear() => _answers.Clear();
}
