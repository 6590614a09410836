/** What happens on a bus in ordinary life, as data for the simulator: no attack, and no label. */

/** From when on, and for how long. */
interface Span {
  /** Name of the channel. */
  channel: string;
  /** Seconds from the beginning. */
  at: number;
  seconds: number;
}

export type Happening = Span &
  (
    | {
        /** Another schedule is in force. */
        what: "schedule";
        /** Names of periodic messages that are not in it. */
        without: readonly string[];
        /** Minor frames between two messages of a name, where it is another number than in the file. */
        every: Readonly<Record<string, number>>;
      }
    | {
        /** A terminal does not answer, on either bus: it is off, or starts. */
        what: "silent";
        terminal: string;
      }
    | {
        /** A terminal sets its busy bit, and sends no data (MIL-STD-1553B 4.3.3.5.3.8). */
        what: "busy";
        terminal: string;
      }
    | {
        /** A terminal, or all, answer on bus B only. The controller tries bus A first until it has noticed. */
        what: "bus-b";
        terminal?: string;
      }
    | {
        /** The controller is silent; then another one begins with the first minor frame. */
        what: "take-over";
      }
  );
