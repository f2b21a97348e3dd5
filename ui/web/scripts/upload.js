/* Sending a film in pieces, so that a cut line costs one piece and not the film. Pure of the page: the
 * wire and the clock are given, so that its behaviour can be tested without either. */

export const PIECE = 1 << 20;
const AGAIN_MS = [1000, 2000, 5000, 10000];
const LOOK_MS = 1000;
const WAITING = ['receiving', 'checking', 'converting'];

/* One file of one kind, wherever it was chosen: an upload that was broken off goes on. */
export const fingerprint = (file, about) => JSON.stringify([file.name, file.size, file.lastModified, about.kind, about.title, about.site ?? '']);

/* wire: { begin(about), put(id, offset, blob), look(id) }, each answering { ok, status, data } (status 0:
 * no line). kept: { get(), set(id) } remembers the upload. tell({ state, share, reasons, lost }) is called
 * whenever something has changed. Resolves to the last state told; a stop() of the signal ends it. */
export async function send({ file, about, wire, kept, tell, signal, sleep }) {
  const last = { state: 'receiving', share: 0, reasons: [], lost: false };
  const say = (more) => { Object.assign(last, more); tell({ ...last }); return last; };
  const patiently = async (ask) => {
    for (let n = 0; !signal.aborted; n++) {
      const answer = await ask();
      const passing = answer.status === 0 || answer.status === 429 || (answer.status >= 500 && answer.status !== 507); /* 507: full, for long */
      if (!passing) { if (last.lost) say({ lost: false }); return answer; }
      say({ lost: true });
      await sleep(AGAIN_MS[Math.min(n, AGAIN_MS.length - 1)]);
    }
    return { ok: false, status: -1, data: {} };
  };
  const refused = (answer) => say({ state: signal.aborted ? 'stopped' : 'refused',
    reasons: answer.data.reasons ?? [{ code: answer.data.error ?? 'unknown' }] });

  let id = kept.get();
  let now = id ? await patiently(() => wire.look(id)) : { ok: false };
  if (!now.ok) {
    now = await patiently(() => wire.begin(about));
    if (!now.ok) return refused(now);
    id = now.data.upload;
    kept.set(id);
  }
  let offset = now.data.offset ?? 0;
  while (!signal.aborted && offset < file.size && (now.data.state ?? 'receiving') === 'receiving') {
    say({ share: offset / file.size });
    const from = offset;
    const put = await patiently(() => wire.put(id, from, file.slice(from, from + PIECE)));
    if (put.ok) {
      offset = put.data.offset;
      if (put.data.state) now = put;
    } else if (put.status === 409) { /* a piece arrived though its answer did not */
      now = await patiently(() => wire.look(id));
      if (!now.ok) return refused(now);
      if (now.data.offset === offset) await sleep(AGAIN_MS[0]); /* it is still being taken */
      offset = now.data.offset;
    } else {
      kept.set('');
      return refused(put);
    }
  }
  say({ state: 'checking', share: 1 });
  while (!signal.aborted) {
    now = await patiently(() => wire.look(id));
    if (!now.ok) { kept.set(''); return refused(now); }
    if (!WAITING.includes(now.data.state)) break;
    say({ state: now.data.state === 'receiving' ? 'checking' : now.data.state, share: (now.data.progress ?? 0) / 100 });
    await sleep(LOOK_MS);
  }
  if (signal.aborted) return say({ state: 'stopped' });
  kept.set('');
  return say({ state: now.data.state, reasons: now.data.reasons ?? [], sha256: now.data.sha256 });
}
