/** The numbers behind alerts: what every detector said of the records of captures, at its threshold and far below it. */
import { EVENT_HEADER, EventHeader, EventKind, Score } from "../appliance/contract/abi.ts";
import { afterEvent } from "../appliance/contract/records.ts";
import { DETECTOR, DETECTOR_NAMES, type DetectorName } from "../detectors/catalogue.ts";
import { grown } from "./columns.ts";

/** All thresholds are multiplied by this to see how far from an alarm records were. Alerts have four decimals. */
export const LOWERED = 0.01;

/** Findings in the order in which they came, a column for each number. */
export interface Scores {
  length: number;
  /** Nanoseconds since 1970. */
  time: BigUint64Array;
  /** Of the packet, or of the 1553 message, that was at hand; from 1. */
  number: Float64Array;
  score: Float64Array;
  /** With the factor that the policy had. */
  threshold: Float64Array;
  /** detectors/catalogue.ts. */
  detector: Uint8Array;
}

const NAMES = new Map<number, DetectorName>(DETECTOR_NAMES.map((name) => [DETECTOR[name], name]));
export const detectorName = (detector: number): DetectorName => NAMES.get(detector)!;

/** Gathers the scores from inspect's events (appliance/contract: EventKind.SCORE). */
export class ScoreTable implements Scores {
  length = 0;
  time = new BigUint64Array(1024);
  number = new Float64Array(1024);
  score = new Float64Array(1024);
  threshold = new Float64Array(1024);
  detector = new Uint8Array(1024);

  take(events: DataView): void {
    const score = new Score(events);
    for (const event = new EventHeader(events); event.at < events.byteLength; event.at = afterEvent(event)) {
      if (event.kind !== EventKind.SCORE) continue;
      score.at = event.at + EVENT_HEADER;
      this.#add(score);
    }
  }

  #add(score: Score): void {
    const i = this.length++;
    if (i === this.score.length) this.#grow(2 * i);
    this.time[i] = score.time;
    this.number[i] = Number(score.number);
    this.score[i] = score.score;
    this.threshold[i] = score.threshold;
    this.detector[i] = score.detector;
  }

  #grow(room: number): void {
    this.time = grown(this.time, room);
    this.number = grown(this.number, room);
    this.score = grown(this.score, room);
    this.threshold = grown(this.threshold, room);
    this.detector = grown(this.detector, room);
  }

  /** The columns as long as they are, with memory of their own: to be handed to another thread. */
  done(): Scores {
    const { length } = this;
    return {
      length,
      time: this.time.slice(0, length),
      number: this.number.slice(0, length),
      score: this.score.slice(0, length),
      threshold: this.threshold.slice(0, length),
      detector: this.detector.slice(0, length),
    };
  }
}
