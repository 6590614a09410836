/** What a detector says of itself, in FOLDER/detector.ts; README.md tells how to add one. */
import type { LearnedDetector } from "./learned.ts";

/** On whom what the policy says may be done; onboard/finding.ts has the same as numbers. */
export const ACCUSED = ["nobody", "source", "flow", "terminal", "message"] as const;
export type Accused = (typeof ACCUSED)[number];

/** A kind of alert: what people call a detector. */
export interface Alert {
  /** In policies, reports and events: lower case, dashes. */
  name: string;
  /** Alerts have it as signature_id - FIRST_SIGNATURE. From 20 on, but not 30 or 31, if its input are messages; otherwise one of the others. */
  number: number;
  /** What it finds, for comments and tables. */
  about: string;
  /** The alert's title. */
  signature: string;
  /** One of Suricata's classifications (its classification.config); without it "Misc activity". */
  category?: string;
  /** The factor from which on it has nothing left to say, as its sums and scores end there; without it a policy's highest. */
  ceiling?: number;
  /** Its alert may come with a record that is not to blame, at most so many seconds after the last that is; 0: in its time. */
  belated?: number;
  /** Whom its findings may accuse (README.md, "Who is accused"); without it nobody: its verdicts are alerts only. */
  accuses?: readonly Accused[];
  /** It has no threshold that a policy scales: a key of its own in the policy says what there is to say. */
  fixed?: true;
}

/**
 * What its check() and learn() get.
 * packet     (k: Packet): each packet
 * endpoints  (k: Packet, e: Endpoints): each packet that has addresses, and who talks to whom by it
 * message    (m: Message, bus: Bus): each message of MIL-STD-1553
 */
export type Input = "packet" | "endpoints" | "message";

export interface Declaration {
  input: Input;
  /** At least one. */
  alerts: readonly [Alert, ...Alert[]];
  /** The ground's half, of a detector that learns. Its name is that of the family of these alerts. */
  learned?: LearnedDetector;
  /** Its place among the families in a baseline and in a budget; without it behind all others. */
  place?: number;
  /** It judges by rules of its own where the baseline says nothing. */
  untaught?: true;
}

export const declare = (declaration: Declaration): Declaration => declaration;
