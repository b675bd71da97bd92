namespace NTMobile.RouterCore.Servers;

/// <summary>Questions of one kind to the DS: each is repeated until it is answered, or has been repeated often enough.</summary>
/// <param name="node">Clock and numbers.</param>
/// <param name="tries">How often one is sent.</param>
/// <param name="send">Sends a question under its number.</param>
/// <param name="unanswered">What stands for the answer that did not come.</param>
internal sealed class OpenQuestions<TQuestion, TAnswer>(NodeContext node, int tries, Action<uint, TQuestion> send, TAnswer unanswered)
{
    private readonly Dictionary<uint, Open> _open = [];

    public long DueMs => _open.Values.Select(o => o.Retry.DueMs).Append(long.MaxValue).Min();

    /// <summary>Asks; the answer comes once, also when nobody answers.</summary>
    public void Ask(TQuestion question, Action<TAnswer> answered)
    {
        var number = node.NextNumber();
        var open = new Open(question, answered, new Retry(250, 1000, tries));
        _open[number] = open;
        Tick(number, open);
    }

    public void Tick()
    {
        foreach (var (number, open) in _open.ToArray())
        {
            Tick(number, open);
        }
    }

    /// <summary>The answer to a question; what answers none is passed over.</summary>
    public void Answer(uint number, TAnswer answer)
    {
        if (_open.Remove(number, out var open))
        {
            open.Answered(answer);
        }
    }

    private void Tick(uint number, Open open)
    {
        if (open.Retry.IsDue(node.NowMs))
        {
            send(number, open.Question);
        }
        else if (open.Retry.IsOver(node.NowMs))
        {
            Answer(number, unanswered);
        }
    }

    private sealed record Open(TQuestion Question, Action<TAnswer> Answered, Retry Retry);
}
