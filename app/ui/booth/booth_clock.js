// What time makes of the booth: which act of the film is on, and whether somebody still stands before it.

export const ACTS = [10, 11, 9, 11, 9, 10]; // seconds; together one minute
const LENGTH = ACTS.reduce((sum, length) => sum + length);
const IDLE = 45; // seconds without a touch, then the booth asks ...
const COUNTDOWN = 10; // ... and after these it begins anew
const NIGHT = 23; // o'clock, by the booth's own clock: the hall is empty
const HOUR = 3600 * 1000; // milliseconds

/**
 * The act of the film after so many seconds, and how much of it has passed; the film plays again and again.
 * @param {number} passed
 */
export function actAt(passed) {
  let within = passed % LENGTH;
  let act = 0;
  while (within >= ACTS[act]) {
    within -= ACTS[act];
    act += 1;
  }
  return { act, share: within / ACTS[act] };
}

/**
 * The whole seconds that whoever has not touched anything for so long has left; null: plenty, 0: they are gone.
 * @param {number} idle
 */
export function secondsLeft(idle) {
  return idle < IDLE ? null : Math.max(0, Math.ceil(IDLE + COUNTDOWN - idle));
}

/**
 * Whether a booth is to load itself anew: once after so many hours; 0: once after 23:00 of each day.
 * @param {number} opened when it was loaded, in milliseconds, as Date.now()
 * @param {number} now
 * @param {number} hours
 */
export function renewalDue(opened, now, hours) {
  if (hours > 0) return now - opened >= hours * HOUR;
  const night = new Date(now);
  night.setHours(NIGHT, 0, 0, 0);
  if (night.getTime() > now) night.setDate(night.getDate() - 1);
  return opened < night.getTime();
}
