// Live rates out of counters: one sample a snapshot, a zero when no snapshot says otherwise for a while.
const KEPT = 60;
const QUIET = 2_500; // ms; the router sends at least each second while counters move

/** Updates peer → { in, out (bit/s, smoothed), samples: [{in, out}] } with a new snapshot. */
export function addSnapshot(rates, sessions, now) {
  for (const peer of rates.keys()) {
    if (!sessions.some((s) => s.peer === peer)) { rates.delete(peer); }
  }
  for (const s of sessions) {
    const r = rates.get(s.peer);
    if (!r || s.bytesIn < r.bytesIn || s.bytesOut < r.bytesOut) {
      rates.set(s.peer, { bytesIn: s.bytesIn, bytesOut: s.bytesOut, at: now, in: 0, out: 0, samples: r?.samples ?? [] });
      continue;
    }
    const seconds = Math.max(0.25, (now - r.at) / 1000);
    push(r, (8 * (s.bytesIn - r.bytesIn)) / seconds, (8 * (s.bytesOut - r.bytesOut)) / seconds);
    Object.assign(r, { bytesIn: s.bytesIn, bytesOut: s.bytesOut, at: now });
  }
}

/** Once a second: sessions that nobody speaks of have come to rest. Returns whether anything changed. */
export function settle(rates, now) {
  let changed = false;
  for (const r of rates.values()) {
    if (now - r.at > QUIET && r.samples.some((s) => s.in + s.out > 0)) {
      push(r, 0, 0);
      changed = true;
    }
  }
  return changed;
}

function push(r, down, up) {
  r.in = down === 0 ? 0 : r.in * 0.4 + down * 0.6;
  r.out = up === 0 ? 0 : r.out * 0.4 + up * 0.6;
  r.samples.push({ in: down, out: up });
  if (r.samples.length > KEPT) { r.samples.shift(); }
}
