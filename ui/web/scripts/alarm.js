/* The sound of an alarm: two soft notes, again every 20 s until the cause is gone or somebody silences
 * this alarm. A browser lets a page sound only after somebody has touched it. */
import { useEffect } from './preact.js';

const AGAIN_MS = 20000;
const NOTES = [[659, 0], [523, 0.35]];

let audio = null;

function play() {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') audio.resume().catch(() => {});
  for (const [hertz, after] of NOTES) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
    tone.connect(gain).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 1);
  }
}

export function useAlarm(sounding) {
  useEffect(() => {
    if (!sounding) return undefined;
    play();
    const timer = setInterval(play, AGAIN_MS);
    return () => clearInterval(timer);
  }, [sounding]);
}
