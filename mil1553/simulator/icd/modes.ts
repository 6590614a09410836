/** Mode codes by name, MIL-STD-1553B table I (4.3.3.5.1.7). Names as the onboard decoder has them, with dashes. */
export interface ModeCode {
  code: number;
  /** The T/R bit: 1 also where the terminal transmits its status only. */
  transmit: boolean;
  broadcast: boolean;
}

const mode = (code: number, transmit: boolean, broadcast: boolean): ModeCode => ({ code, transmit, broadcast });

/** Codes from 16 on carry one data word. */
export const MODE_CODES: Record<string, ModeCode> = {
  "dynamic-bus-control": mode(0, true, false),
  synchronize: mode(1, true, true),
  "transmit-status-word": mode(2, true, false),
  "initiate-self-test": mode(3, true, true),
  "transmitter-shutdown": mode(4, true, true),
  "override-transmitter-shutdown": mode(5, true, true),
  "inhibit-terminal-flag": mode(6, true, true),
  "override-inhibit-terminal-flag": mode(7, true, true),
  "reset-remote-terminal": mode(8, true, true),
  "transmit-vector-word": mode(16, true, false),
  "synchronize-with-data-word": mode(17, false, true),
  "transmit-last-command-word": mode(18, true, false),
  "transmit-bit-word": mode(19, true, false),
  "selected-transmitter-shutdown": mode(20, false, true),
  "override-selected-transmitter-shutdown": mode(21, false, true),
};
