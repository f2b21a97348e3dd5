/* The console's keys. Compared by physical code, so that a kana layout does not move them; ignored
 * while a field has the focus, during kana input, and on repeat. */
import { useEffect, useRef } from './preact.js';
import { ACTS } from './acts.js';

const DIGITS_MS = 3000;

const inField = (e) => e.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
const rowOf = (e) => e.target.closest?.('.row');

/* F keys always; the others only with `letters` on. Returns what to do, or undefined. */
function everywhere(e, on, letters) {
  if (e.code === 'F2') return on.next;
  if (e.code === 'F8') return on.recall;
  if (e.code === 'F9') return on.quiet;
  if (e.ctrlKey && e.code === 'KeyZ' && !inField(e)) return on.undo;
  if (e.altKey && /^Digit[1-8]$/.test(e.code)) return () => on.desk(Number(e.code.slice(5)));
  if (inField(e) || e.ctrlKey || e.metaKey || e.altKey || !letters) return undefined;
  if (e.code === 'NumpadAdd' || e.code === 'KeyN') return on.next;
  if (e.code === 'NumpadMultiply') return on.recall;
  if (e.key === '?') return on.keys;
  if (e.code === 'Slash' || e.code === 'NumpadDivide') return on.search;
  return undefined;
}

function move(row, code) {
  const rows = [...document.querySelectorAll('.row')];
  const at = rows.indexOf(row);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[code];
  return () => rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
}

function inRow(e, on, letters) {
  const row = rowOf(e);
  if (!row || e.ctrlKey || e.metaKey || e.altKey) return undefined;
  if (['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(e.code)) return move(row, e.code);
  if (e.code === 'Escape') return () => { on.close(); row.focus(); };
  if (e.code === 'Enter' && e.target === row) return () => on.open(row.dataset.ticket);
  const act = letters && Object.keys(ACTS).find((name) => ACTS[name].key === e.code);
  return act ? () => on.act(row.dataset.ticket, act) : undefined;
}

export function useKeys(on, letters) {
  const latest = useRef();
  latest.current = { on, letters };
  useEffect(() => {
    let digits = '';
    let timer = 0;
    const forget = () => { digits = ''; clearTimeout(timer); latest.current.on.typed(''); };
    const typed = (e) => {
      if (!latest.current.letters || inField(e) || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return false;
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(e.code)?.[1];
      if (digit === undefined && !(digits && e.code.endsWith('Enter'))) return false;
      if (digit === undefined) {
        latest.current.on.goto(digits);
        forget();
      } else {
        digits = (digits + digit).slice(-3);
        clearTimeout(timer);
        timer = setTimeout(forget, DIGITS_MS);
        latest.current.on.typed(digits);
      }
      return true;
    };
    const down = (e) => {
      if (e.repeat || document.querySelector('dialog[open]')) return;
      const now = latest.current;
      if (typed(e)) { e.preventDefault(); return; }
      const what = everywhere(e, now.on, now.letters) ?? (inField(e) ? undefined : inRow(e, now.on, now.letters));
      if (!what) return;
      e.preventDefault();
      what();
    };
    document.addEventListener('keydown', down);
    return () => { document.removeEventListener('keydown', down); clearTimeout(timer); };
  }, []);
}
