using CsCheck;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

/// <summary>Two ends rekey while packets fly. Whatever the order in which things happen, and whichever rekey messages get lost, every
/// data packet that arrives opens.</summary>
public sealed class RekeyInterleavingTests
{
    private const int Actions = 8; // three bits

    [Fact]
    public void Every_order_of_four_steps_after_the_start()
    {
        int[] start = [0, 1, 2]; // a packet each way and the rekey are in flight
        for (int order = 0; order < 1 << (4 * 3); order++)
        {
            Play([.. start, .. Enumerable.Range(0, 4).Select(step => (order >> (3 * step)) & 7)]);
        }
    }

    [Fact]
    public void Long_random_orders_over_many_epochs()
    {
        int most = 0;
        Gen.Int[0, Actions - 1].Array[50, 400].Sample(actions => { most = Math.Max(most, Play(actions)); }, iter: 200, threads: 1);
        Assert.True(most > 5);
    }

    private static byte Play(IEnumerable<int> actions)
    {
        using var world = new World();
        foreach (int action in actions)
        {
            world.Do(action);
        }

        world.Drain();
        world.FinishRekey();
        world.Drain();
        return world.Epoch;
    }

    private sealed class World : IDisposable
    {
        private readonly SessionPair _pair = new();
        private readonly End _alice;
        private readonly End _bob;

        public World()
        {
            _alice = new End(_pair.Alice, starts: true);
            _bob = new End(_pair.Bob, starts: false);
        }

        public void Do(int action)
        {
            switch (action)
            {
                case 0: _alice.SendData(_bob); break;
                case 1: _bob.SendData(_alice); break;
                case 2: _alice.StartRekey(_bob); break;
                case 3: _alice.Receive(_bob, oldest: true); break;
                case 4: _alice.Receive(_bob, oldest: false); break;
                case 5: _bob.Receive(_alice, oldest: true); break;
                case 6: _bob.Receive(_alice, oldest: false); break;
                default: _alice.LoseControl(); _bob.LoseControl(); break;
            }
        }

        public void Drain()
        {
            while (_alice.Receive(_bob, true) | _bob.Receive(_alice, true))
            {
            }
        }

        /// <summary>With nothing lost any more, both ends come to send on the newest epoch.</summary>
        public void FinishRekey()
        {
            _alice.StartRekey(_bob);
            Drain();
            _alice.SendData(_bob);
            Drain();
            Assert.Equal(_pair.Alice.NewestEpoch, _pair.Alice.SendEpoch);
            Assert.Equal(_pair.Alice.NewestEpoch, _pair.Bob.SendEpoch);
            Assert.True(_pair.Bob.NewestEpoch > 0);
        }

        public byte Epoch => _pair.Alice.NewestEpoch;

        public void Dispose() => _pair.Dispose();
    }

    private sealed class End(SecureSession session, bool starts)
    {
        private readonly List<(byte[] Datagram, bool Control)> _arriving = [];
        private readonly byte[] _key = new byte[32];

        public void SendData(End to) => Send(to, [0], control: false);

        public void StartRekey(End to)
        {
            RetireOld(to);
            to.RetireOld(this);
            if (session.SendEpoch == session.NewestEpoch)
            {
                byte epoch = session.PrepareRekey(_key);
                Send(to, [1, epoch, .. _key], control: true);
            }
        }

        public bool Receive(End from, bool oldest)
        {
            if (_arriving.Count == 0)
            {
                return false;
            }

            int at = oldest ? 0 : _arriving.Count - 1;
            byte[] datagram = _arriving[at].Datagram;
            _arriving.RemoveAt(at);
            Assert.True(session.TryOpen(datagram, out OpenedDatagram opened, out OpenFailure failure), failure.ToString());
            Handle(datagram.AsSpan(opened.Offset, opened.Length), from);
            return true;
        }

        public void LoseControl() => _arriving.RemoveAll(each => each.Control);

        private void Handle(ReadOnlySpan<byte> content, End from)
        {
            if (content[0] == 1 && session.AcceptRekey(content[1], content[2..], _key) is RekeyResult.Installed or RekeyResult.Repeated)
            {
                Send(from, [2, content[1], .. _key], control: true);
            }

            if (content[0] == 2 && session.CompleteRekey(content[1], content[2..]) is RekeyResult.Installed or RekeyResult.Repeated)
            {
                session.ActivateSend(content[1]);
            }

            if (!starts && session.NewestEpochOpened == session.NewestEpoch)
            {
                session.ActivateSend(session.NewestEpoch);
            }
        }

        // A node waits until late packets can no longer come; here it is known that none is in flight.
        private void RetireOld(End peer)
        {
            for (byte epoch = (byte)(session.NewestEpoch - 3); epoch != session.NewestEpoch; epoch++)
            {
                if (epoch != session.SendEpoch && epoch != peer.SendEpoch && !_arriving.Any(each => (each.Datagram[3] & 3) == (epoch & 3)))
                {
                    session.Retire(epoch);
                    session.EraseRetired();
                }
            }
        }

        private byte SendEpoch => session.SendEpoch;

        private void Send(End to, byte[] content, bool control) => to._arriving.Add((SessionPair.Seal(session, content), control));
    }
}
