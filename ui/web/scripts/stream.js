/* Server-sent events, read with fetch: unlike EventSource this shows heartbeats (so the age of what is
 * on the screen is true), status codes, and a line that is dead without saying so.
 *
 * follow(url, { snapshot, event, data(object), heard(ms), gone(status) }) -> { stop(), again() }
 * data() gets each message. While streams fail or stay silent, `snapshot` is fetched instead, about
 * every 10 s. gone() is told once when the server says that there is nothing here (401, 403, 404).
 */
const SILENT_MS = 40000;   /* heartbeats come every 15 s */
const FIRST_MS = 10000;    /* longer without a first message: something in between holds it back */
const WAIT_MIN_MS = 1000;
const WAIT_MAX_MS = 10000;
const MESSAGE_MAX = 1 << 20;

const GONE = [401, 403, 404];

function parser(onMessage, onRetry) {
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

  const sleep = (ms) => new Promise((done) => {
    const timer = setTimeout(done, ms);
    wake = () => { clearTimeout(timer); done(); };
  });

  function check(answer) {
    if (GONE.includes(answer.status)) {
      stopped = true;
      gone(answer.status);
    }
    if (!answer.ok) throw new Error(String(answer.status));
  }

  async function stream() {
    abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), FIRST_MS);
    try {
      const answer = await fetch(url, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal: abort.signal });
      check(answer);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const feed = parser((name, message) => {
        if (name !== event) return;
        wait = retry;
        data(JSON.parse(message));
      }, (ms) => { retry = Math.min(ms, WAIT_MAX_MS); });
      for (;;) {
        const { value, done } = await reader.read();
        if (done || stopped) return;
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), SILENT_MS);
        feed(value);
        heard(Date.now());
      }
    } finally {
      clearTimeout(timer);
      abort.abort();
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
      await stream().catch(() => {});
      if (stopped) return;
      await poll().catch(() => {});
      await sleep(wait * (0.7 + 0.6 * Math.random()));
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    }
  })();

  return {
    stop() { stopped = true; abort.abort(); wake(); },
    again() { wait = WAIT_MIN_MS; abort.abort(); wake(); },
  };
}
