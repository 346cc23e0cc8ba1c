// Moments as entries write them: UTC with six decimals, so that texts sort as moments do.

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{6})Z$/;

/** Whole seconds since 1970 and the millionths behind them, or null where it is no moment. */
export function momentOf(text) {
  const found = MOMENT.exec(text);
  if (found === null) return null;
  const [year, month, day, hour, minute, second, micros] = found.slice(1).map(Number);
  const days = Date.UTC(year, month - 1, day);
  const date = new Date(days);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && day > 0;
  if (!isDay || year < 1970 || hour > 23 || minute > 59 || second > 59) return null;
  return { seconds: days / 1000 + hour * 3600 + minute * 60 + second, micros };
}

export const isMoment = (text) => momentOf(text) !== null;

/** Whether a moment is after a whole second. */
export function isAfter(text, seconds) {
  const moment = momentOf(text);
  return moment.seconds > seconds || (moment.seconds === seconds && moment.micros > 0);
}

/** A moment in millionths of a second since 1970, exactly. */
export function microsOf(text) {
  const { seconds, micros } = momentOf(text);
  return BigInt(seconds) * 1_000_000n + BigInt(micros);
}
