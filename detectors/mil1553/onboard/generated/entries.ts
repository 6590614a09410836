// Generated from detectors/mil1553/ground/entries.ts and words.ts by `npm run generate`: do not edit.
//
// The names of baseline entries' members, as JSON has them.

/** Members of a `bus` entry. */
export namespace Bus {
  export const detector = '"detector":"bus"';
  export const channel = ',"channel":';
  export const messages = ',"messages":';
  export const untrusted = ',"untrusted":';
  export const span = ',"span":';
  export const failures = ',"failures":';
  export const peak = ',"peak":';
  export const kinds = ',"kinds":';
  export const kindsTwice = ',"kindsTwice":';
  export const silence = ',"silence":';
  export const breaks = ',"breaks":';
  export const longestBreak = ',"longestBreak":';
  export const burst = ',"burst":';
  export const windows = ',"windows":';
  export const loadMin = ',"loadMin":';
  export const loadMax = ',"loadMax":';
  export const loadSum = ',"loadSum":';
  export const loadSquares = ',"loadSquares":';
  export const countMin = ',"countMin":';
  export const countMax = ',"countMax":';
  export const gaps = ',"gaps":';
  export const lowestGaps = ',"lowestGaps":';
  export const identitiesLost = ',"identitiesLost":';
  export const wordsLost = ',"wordsLost":';
  export const changesLost = ',"changesLost":';
  export const transitionsLost = ',"transitionsLost":';
}

/** Members of a `bus.message` entry. */
export namespace BusMessage {
  export const detector = '"detector":"bus.message"';
  export const channel = ',"channel":';
  export const commands = ',"commands":';
  export const format = ',"format":';
  export const a = ',"a":';
  export const b = ',"b":';
  export const again = ',"again":';
  export const damaged = ',"damaged":';
  export const repeats = ',"repeats":';
  export const irregular = ',"irregular":';
  export const disturbed = ',"disturbed":';
  export const longest = ',"longest":';
  export const squares = ',"squares":';
  export const peaks = ',"peaks":';
  export const intervals = ',"intervals":';
}

/** Members of a `bus.order` entry. */
export namespace BusOrder {
  export const detector = '"detector":"bus.order"';
  export const channel = ',"channel":';
  export const commands = ',"commands":';
  export const next = ',"next":';
}

/** Members of a `bus.terminal` entry. */
export namespace BusTerminal {
  export const detector = '"detector":"bus.terminal"';
  export const channel = ',"channel":';
  export const terminal = ',"terminal":';
  export const statuses = ',"statuses":';
  export const bits = ',"bits":';
  export const twice = ',"twice":';
  export const trials = ',"trials":';
  export const failures = ',"failures":';
  export const peak = ',"peak":';
  export const burst = ',"burst":';
}

/** Members of a `bus.response` entry. */
export namespace BusResponse {
  export const detector = '"detector":"bus.response"';
  export const channel = ',"channel":';
  export const terminal = ',"terminal":';
  export const answer = ',"answer":';
  export const count = ',"count":';
  export const sum = ',"sum":';
  export const squares = ',"squares":';
  export const times = ',"times":';
}

/** Members of a `bus.pause` entry. */
export namespace BusPause {
  export const detector = '"detector":"bus.pause"';
  export const channel = ',"channel":';
  export const means = ',"means":';
}

/** Members of a `bus.clock` entry. */
export namespace BusClock {
  export const detector = '"detector":"bus.clock"';
  export const channel = ',"channel":';
  export const commands = ',"commands":';
  export const segments = ',"segments":';
  export const least = ',"least":';
  export const most = ',"most":';
  export const step = ',"step":';
}

/** Members of a `bus.data` entry. */
export namespace BusData {
  export const detector = '"detector":"bus.data"';
  export const channel = ',"channel":';
  export const commands = ',"commands":';
  export const words = ',"words":';
}

/** Members of a data word that changed, in a `bus.data` entry. */
export namespace Change {
  export const n = '"n":';
  export const sum = ',"sum":';
  export const squares = ',"squares":';
  export const negative = ',"negative":';
  export const negativeSum = ',"negativeSum":';
  export const range = ',"range":';
  export const ones = ',"ones":';
  export const zeros = ',"zeros":';
  export const longest = ',"longest":';
  export const swings = ',"swings":';
  export const peak = ',"peak":';
  export const steps = ',"steps":';
  export const moves = ',"moves":';
}
