// What the terms say may be on a monitor, told naively from what people did, and compared with what
// a kiosk says it has shown. It knows nothing of the resolver: it walks the table with its finger.
import { strict as assert } from 'node:assert';

const provided = (kind) => kind === 'health' || kind === 'advertisement';
/* The film that follows is chosen and prepared so long before, or seamless it would not be: one that
 * began its hour meanwhile has its turn a round later. Periods begin to the second nevertheless. */
const ahead = 5000;
const jst = 9 * 60 * 60 * 1000, minute = 60 * 1000;

/** Broadcast period, weekdays and daypart of one thing at a moment, by the clinic's clock. */
function onAir(thing, at) {
  if (thing.show_from && at < thing.show_from) return false;
  if (thing.show_to && at >= thing.show_to) return false;
  const clock = new Date(at + jst), now = clock.getUTCHours() * 60 + clock.getUTCMinutes();
  let day = clock.getUTCDay();
  const { daypart_from: from = 0, daypart_to: to = 0 } = thing;
  if (from < to && (now < from || now >= to)) return false;
  if (from > to) {
    if (now >= to && now < from) return false;
    if (now < to) day = (day + 6) % 7; // the night belongs to the day it began
  }
  return !thing.weekdays || Boolean(thing.weekdays & (1 << day));
}

export class Oracle {
  /**
   * programmes: [{from, to, deadline, distributed, approved, known, items}]: known = since when the
   * kiosk could know of the approval. clinic: things beside the table. withdrawn: [{sha256, known}].
   * substitutes: sha256 names. leaps of the clock: [{from, to}].
   */
  constructor({ programmes = [], clinic = [], substitutes = [], withdrawn = [], leaps = [] } = {}) {
    Object.assign(this, { programmes, clinic, substitutes, withdrawn, leaps });
  }

  /** Article 20: the provided content of a period plays only when its table was approved in time. */
  approved(programme, at) {
    return programme.approved !== undefined && programme.approved >= programme.distributed && programme.approved < programme.deadline &&
      at >= (programme.known ?? programme.approved);
  }

  programmeAt(at) {
    return this.programmes.find((one) => one.distributed !== undefined && at >= one.from && at < one.to);
  }

  /** Everything that has a place in the round at a moment: {thing, item, reason}. */
  places(at) {
    const programme = this.programmeAt(at), places = [];
    for (const [item, thing] of (programme?.items ?? []).entries()) {
      if (onAir(thing, at)) places.push({ thing, item, reason: this.reason(thing, programme, at) });
    }
    const clinic = this.clinic.filter((thing) => onAir(thing, at))
      .map((thing) => ({ thing, item: -1, reason: this.reason(thing, programme, at) }));
    return { programme, places, clinic };
  }

  reason(thing, programme, at) {
    if (provided(thing.kind) && !(programme && this.approved(programme, at))) return 'unapproved';
    if (this.withdrawn.some((one) => one.sha256 === thing.sha256 && at >= one.known)) return 'withdrawn';
    return 'scheduled';
  }

  /** Checks plays one by one; returns how many of each reason there were. */
  check(plays) {
    const counts = {};
    let before = null;
    for (const play of plays) {
      counts[play.reason] = (counts[play.reason] ?? 0) + 1;
      const place = this.placeOf(play);
      if (before && !(play.seq > before.play.seq + 1)) this.checkOrder(before, place, play);
      before = play.ending === 'whole' ? { place, play } : null; // after a cut the round may begin anew
    }
    return counts;
  }

  say(play, what) {
    return `${new Date(play.start).toISOString()} ${play.kind} "${play.title}" (${play.reason}, item ${play.item}): ${what}`;
  }

  /** The moments at which what began then may have been chosen. Periods begin to the second. */
  moments(play) {
    const before = play.start - ahead, leap = this.leaps.find(({ to }) => play.start >= to && play.start < to + ahead + 1000);
    const moments = [play.start];
    if (this.programmeAt(before) === this.programmeAt(play.start)) moments.push(before);
    if (leap) moments.push(leap.from); // the clock leapt, and the kiosk has not looked again yet
    return moments;
  }

  placeOf(play) {
    let first;
    for (const at of this.moments(play)) {
      try {
        return this.placeAt(play, at);
      } catch (error) {
        first ??= error;
      }
    }
    throw first;
  }

  placeAt(play, at) {
    const { programme, places, clinic } = this.places(at);
    // Without a name it is relaxation footage that lay on the device from the first boot.
    if (play.kind === 'substitute' && play.sha256) assert.ok(this.substitutes.includes(play.sha256), this.say(play, 'is no substitute of ours'));
    if (!programme && !clinic.some(({ thing }) => thing.id === play.content)) {
      assert.equal(play.kind, 'substitute', this.say(play, 'nothing is planned now'));
      assert.ok(['no_programme', 'expired'].includes(play.reason), this.say(play, 'nothing is planned now'));
      return { alone: true };
    }
    const found = play.content || play.planned_content
      ? clinic.find(({ thing }) => thing.id === (play.planned_content || play.content))
      : places.find(({ item }) => item === play.item);
    assert.ok(found, this.say(play, 'has no place in the table now'));
    assert.equal(play.reason, found.reason, this.say(play, `the terms say ${found.reason}`));
    if (found.reason === 'scheduled') {
      assert.equal(play.sha256 ?? '', found.thing.sha256 ?? '', this.say(play, 'another film stands there'));
      assert.equal(play.kind, found.thing.kind, this.say(play, 'another kind stands there'));
    } else {
      assert.equal(play.kind, 'substitute', this.say(play, 'must give way'));
      assert.equal(play.planned ?? '', found.thing.sha256 ?? '', this.say(play, 'stands for something else'));
    }
    return found;
  }

  /** After an item that ran whole comes the next of the table (or more of the same place's substitutes). */
  checkOrder({ place, play }, next, nextPlay) {
    if (place.alone || next.alone || place.item < 0 || next.item < 0) return; // clinic content is spread between
    if (this.programmeAt(play.start) !== this.programmeAt(nextPlay.start)) return;
    const followers = this.moments(nextPlay).map((at) => {
      const items = this.places(at).places.map(({ item }) => item);
      return items.find((item) => item > place.item) ?? items[0];
    });
    const more = place.reason !== 'scheduled' && next.item === place.item;
    assert.ok(followers.includes(next.item) || more, this.say(nextPlay, `item ${followers[0]} comes after item ${place.item}`));
  }
}

/** Every whole item of the table in force was shown at least so often. */
export function assertAllShown(plays, items) {
  for (const item of items) assert.ok(plays.some((play) => play.item === item), `item ${item} was never shown`);
}

export { minute };
