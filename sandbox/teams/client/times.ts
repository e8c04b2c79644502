const HOUR = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const LONG = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});

/** `10:42` today, else with the day. */
export function shortTime(at: string, now: Date): string {
  const time = new Date(at);
  return time.toDateString() === now.toDateString() ? HOUR.format(time) : `${DAY.format(time)}, ${HOUR.format(time)}`;
}

export const longTime = (at: Date): string => LONG.format(at);
