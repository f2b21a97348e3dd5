// Fingers on the terminal as the X server delivers them (XTest, by xdotool).
import { run, until } from './fixture.mjs';

export const terminal = async (house) => (await house.asks('status')).terminal;

/** The events of one xdotool. */
export const x = (house, ...args) => run('xdotool', args.map(String), { env: { DISPLAY: house.display } });

/** The middle of what can be pressed. */
export async function place(house, widget) {
  const area = await until(`${widget} can be pressed`, async () => (await terminal(house)).areas[widget], { seconds: 20, every: 50 });
  return [area[0] + Math.floor(area[2] / 2), area[1] + Math.floor(area[3] / 2)];
}

export async function tap(house, widget, times = 1) {
  await x(house, 'mousemove', ...await place(house, widget), 'click', '--repeat', times, '--delay', 60, 1);
}
