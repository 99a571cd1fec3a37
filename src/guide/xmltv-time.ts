/**
 * Zones that the XMLTV DTD lets guides name, in minutes east of Greenwich, as Date::Manip has them, by which XMLTV's own
 * tools read them. Some names are those of several zones: India's IST, China's and America's CST.
 */
const ZONES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    UTC: 0,
    UT: 0,
    GMT: 0,
    Z: 0,
    WET: 0,
    WEST: 60,
    BST: 60,
    IST: 330,
    CET: 60,
    MET: 60,
    MEZ: 60,
    CEST: 120,
    MEST: 120,
    MESZ: 120,
    EET: 120,
    EEST: 180,
    SAST: 120,
    MSK: 180,
    MSD: 240,
    HKT: 480,
    SGT: 480,
    AWST: 480,
    JST: 540,
    KST: 540,
    ACST: 570,
    ACDT: 630,
    AEST: 600,
    AEDT: 660,
    NZT: 720,
    NZST: 720,
    NZDT: 780,
    NST: -210,
    NDT: -150,
    BRT: -180,
    ART: -180,
    AST: -240,
    ADT: -180,
    EST: -300,
    EDT: -240,
    CST: -360,
    CDT: -300,
    MST: -420,
    MDT: -360,
    PST: -480,
    PDT: -420,
    AKST: -540,
    AKDT: -480,
    HST: -600,
    SST: -660,
  }),
);

const TIME =
  /^(\d{4})-?(?:(\d{2})-?(?:(\d{2})[T\s]?(?:(\d{2}):?(?:(\d{2}):?(?:(\d{2})(?:[.,]\d{1,9})?)?)?)?)?)?\s{0,9}(\S.{0,40})?$/;
const OFFSET = /^(?:UTC|GMT)?\s?([+-]?)(\d{1,2}):?(\d{2})?$/;
/** Seconds, or milliseconds, since 1970, as some grabbers write them: no year of a programme begins so. */
const SINCE_1970 = /^1[2-8]\d{8}(\d{3})?$/;
/** `+0200 CEST`, `+0200 (CEST)`: the offset says it all. */
const NAMED_TOO = /^([+-]\d{1,2}:?\d{0,2})\s?\(?[A-Z]{2,5}\)?$/;

/**
 * An XMLTV time, `YYYYMMDDhhmmss +hhmm` with anything after the year left out, in milliseconds since 1970. The zone is an
 * offset (`+0530`, `+05:30`, `+1`, `0100`), a name (`BST`, `Europe/Paris`), or UTC where none is given. null when it is no time.
 */
export function xmltvTime(text: string): number | null {
  const plain = text.trim().replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-');
  const counted = SINCE_1970.exec(plain);
  if (counted) return counted[1] === undefined ? Number(plain) * 1000 : Number(plain);
  const found = TIME.exec(plain);
  if (!found) return null;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', zone] = found;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // 24:00 and a leap second are written; a 13th month is a mistake.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
    .toISOString()
    .startsWith(`${year}-${month}-${day}`);
  if (!isDay || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  const offset = zone === undefined ? 0 : offsetOf(zone.toUpperCase(), zone, at);
  return offset === null ? null : at - offset * 60_000;
}

/** Minutes east of Greenwich; null for a zone that is not known. */
function offsetOf(upper: string, zone: string, wallClock: number): number | null {
  const [, sign, hours, minutes = '0'] = OFFSET.exec(NAMED_TOO.exec(upper)?.[1] ?? upper) ?? [];
  if (hours !== undefined)
    return Number(hours) <= 14 && Number(minutes) < 60
      ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
      : null;
  return ZONES.get(upper) ?? (zone.includes('/') ? placeOffset(zone, wallClock) : null);
}

/** The offset that a place's clocks have when they show this time; as before the change in the hour when they are changed. */
function placeOffset(timeZone: string, wallClock: number): number | null {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    const at = (moment: number): number => {
      const name = parts.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
      return name === 'GMT' ? 0 : (offsetOf(name.toUpperCase(), name, wallClock) ?? 0);
    };
    const first = at(wallClock);
    return at(wallClock - first * 60_000);
  } catch {
    return null;
  }
}
