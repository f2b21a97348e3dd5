/* Server-sent events, read with fetch: unlike EventSource this shows heartbeats (so the age of what is
 * on the screen is true), status codes, and a line that is dead without saying so.
 *
 * follow(url, { snapshot, event, data(object), heard(ms), gone(status) }) -> { stop(), again() }
 * data() gets each message. Where a stream fails or stays silent, as behind a proxy that collects answers
 * before it passes them on, the same is asked for as answers that end (?wait=), and a stream again after
 * a few of them. Where these fail too, `snapshot` is fetched, about every 10 s. gone() is told once when
 * the server says that there is nothing here (401, 403, 404).
 */
const SILENT_MS = 40000;   /* heartbeats come every 15 s */
const FIRST_MS = 10000;    /* longer without a first message: something in between holds it back */
const HELD_S = 20;         /* an answer is held so long when nothing is new */
const ASKS = 6;            /* such answers, then a stream again */
const WAIT_MIN_MS = 1000;
const WAIT_MAX_MS = 10000;
const MESSAGE_MAX = 1 << 20;

const GONE = [401, 403, 404];

function parser({ onMessage, onRetry, onId }) {
  let rest = '';
  return (chunk) => {
    rest += chunk;
    if (rest.length > MESSAGE_MAX) throw new Error('message too long');
    const blocks = rest.replace(/\r\n?/g, '\n').split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      let name = 'message';
      const data = [];
      for (const line of block.split('\n')) {
        const [, key, value] = /^(\w*):? ?(.*)$/.exec(line) ?? [];
        if (key === 'event') name = value;
        else if (key === 'data') data.push(value);
        else if (key === 'id') onId(value);
        else if (key === 'retry' && /^\d+$/.test(value)) onRetry(Number(value));
      }
      if (data.length) onMessage(name, data.join('\n'));
    }
  };
}

export function follow(url, { snapshot, event, data, heard, gone }) {
  let stopped = false;
  let abort = new AbortController();
  let wake = () => {};
  let wait = WAIT_MIN_MS;
  let retry = WAIT_MIN_MS;
  let last = ''; /* id of the newest message */
  let told = false;

  const pause = (ms) => new Promise((done) => {
    const timer = setTimeout(done, stopped ? 0 : ms * (0.7 + 0.6 * Math.random()));
    wake = () => { clearTimeout(timer); done(); };
  });

  function check(answer) {
    if (GONE.includes(answer.status)) {
      stopped = true;
      gone(answer.status);
    }
    if (!answer.ok) throw new Error(String(answer.status));
  }

  async function stream(query = '', patience = FIRST_MS) {
    abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), patience);
    try {
      const answer = await fetch(url + query, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal: abort.signal });
      check(answer);
      if (!/^text\/event-stream/.test(answer.headers.get('Content-Type'))) throw new Error('not a stream');
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const feed = parser({
        onMessage(name, message) {
          if (name !== event) return;
          wait = retry;
          told = true;
          data(JSON.parse(message));
        },
        onRetry(ms) { retry = Math.min(ms, WAIT_MAX_MS); },
        onId(id) { last = id; },
      });
      for (;;) {
        const { value, done } = await reader.read();
        if (done || stopped) break;
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), SILENT_MS);
        feed(value);
        heard(Date.now());
      }
      if (!stopped) heard(Date.now());
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  /* The pause is for servers that answer at once without anything new. */
  async function ask() {
    for (let i = 0; i < ASKS && !stopped; i += 1) {
      await stream(`?wait=${HELD_S}&after=${encodeURIComponent(last)}`, HELD_S * 1000 + FIRST_MS);
      await pause(WAIT_MIN_MS);
    }
  }

  async function poll() {
    abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), FIRST_MS); /* a line may die without a word */
    try {
      const answer = await fetch(snapshot, { cache: 'no-store', signal: abort.signal });
      check(answer);
      data(await answer.json());
      heard(Date.now());
    } finally {
      clearTimeout(timer);
    }
  }

  (async () => {
    while (!stopped) {
      told = false;
      await stream().catch(() => {});
      if (stopped) return;
      if (!told && await ask().then(() => true, () => false)) continue;
      await poll().catch(() => {});
      await pause(wait);
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    }
  })();

  return {
    stop() { stopped = true; abort.abort(); wake(); },
    again() { wait = WAIT_MIN_MS; abort.abort(); wake(); },
  };
}
