/** Mode codes in the wrong hands (MIL-STD-1553B 4.3.3.5.1.7): each is legal, and each does harm. */
import { BSW, type BusMessage, command, STATUS } from "../message.ts";
import type { Attack } from "./attack.ts";
import type { Scene } from "./scene.ts";
import type { Station } from "./survey.ts";
import { silence } from "./terminals.ts";

/** Sends a mode code without data to a terminal. */
function send(scene: Scene, time: number, station: Station, code: number, busB: boolean, idle = true): void {
  scene.insert(time, { format: "mode", commands: [command(station.address, true, 0, code)], data: [] }, { busB, idle });
}

/** Messages of the interval in which a terminal answers, from < time < to, on one bus or both. */
function answers(scene: Scene, { address }: Station, from: number, to: number, busB?: boolean): BusMessage[] {
  return scene.window.filter(
    (m) =>
      m.time > from &&
      m.time < to &&
      (busB === undefined || ((m.blockStatus & BSW.BUS_B) !== 0) === busB) &&
      m.words.slice(0, m.blockStatus & BSW.RT_RT ? 2 : 1).some((word) => word >> 11 === address),
  );
}

const usual = (station: Station) => station.onB > station.onA;

const shutdown: Attack = {
  name: "mode-transmitter-shutdown",
  does: "Transmitter shutdown, sent over the spare bus, turns a terminal's transmitter on the working bus off.",
  looks: "Mode code 4 on the other bus; then the terminal does not answer until mode code 5 brings it back.",
  levels: {
    low: "one in 2 s, taken back after 0.1 s",
    medium: "one a second, taken back after 0.4 s",
    high: "two a second, not taken back",
  },
  source: "OD1NF1ST shutdown; Stan 2017",
  run(scene) {
    const lasts = scene.of(1_000_000, 4_000_000, Number.POSITIVE_INFINITY);
    for (const time of scene.times(0.5, 1, 2)) {
      if (scene.left <= 0) break;
      const station = scene.station();
      const end = Math.min(scene.to, time + lasts);
      send(scene, time, station, 4, !usual(station));
      // 4 ms later at the latest the command is through
      for (const message of answers(scene, station, time + 40_000, end, usual(station)))
        silence(scene, message, station.address);
      if (end < scene.to) send(scene, end, station, 5, !usual(station));
    }
  },
};

const reset: Attack = {
  name: "mode-reset",
  does: "Reset remote terminal: the terminal starts anew and loses what it knew.",
  looks: "Mode code 8 that nobody scheduled; for 5 ms the terminal keeps silent.",
  levels: { low: "1 a second", medium: "5 a second", high: "25 a second" },
  source: "mil1553 evaluation catalogue (mode abuse)",
  run(scene) {
    for (const time of scene.times(1, 5, 25)) {
      const station = scene.station();
      send(scene, time, station, 8, usual(station));
      // 4.3.3.5.1.7.9: back within 5 ms
      for (const message of answers(scene, station, time + 5_000, time + 50_000))
        silence(scene, message, station.address);
    }
  },
};

const synchronize: Attack = {
  name: "mode-synchronize",
  does: "Synchronize with a false data word puts a terminal's clock, and with it its schedule, elsewhere.",
  looks: "Mode code 17 to a terminal out of its schedule; the terminal answers as always.",
  levels: { low: "1 a second", medium: "5 a second", high: "25 a second" },
  source: "OD1NF1ST desynchronization",
  run(scene) {
    for (const time of scene.times(1, 5, 25)) {
      const station = scene.station();
      const commands = [command(station.address, false, 0, 17)];
      const data = scene.randomWords(1);
      scene.insert(time, { format: "mode-receive", commands, data }, { busB: usual(station), idle: true });
    }
  },
};

const selfTest: Attack = {
  name: "mode-self-test",
  does: "Initiate self-test takes a terminal out of service while it looks at itself.",
  looks: "Mode code 3; for 20 ms the terminal answers busy, with its status word alone.",
  levels: { low: "one in 2 s", medium: "2 a second", high: "8 a second" },
  source: "mil1553 evaluation catalogue (mode abuse, status forging)",
  run(scene) {
    for (const time of scene.times(0.5, 2, 8)) {
      if (scene.left <= 0) break;
      const station = scene.station();
      send(scene, time, station, 3, usual(station));
      for (const message of answers(scene, station, time + 5_000, time + 200_000)) {
        const found = scene.survey.of(message);
        // 4.3.3.5.3.8: busy sends no data and takes none
        if (found?.format === "rt-bc")
          scene.modify(message, { words: [message.words[0]!, message.words[1]! | STATUS.BUSY] });
        else if (found?.format === "bc-rt") scene.rewrite(message, { statuses: [found.statuses[0]! | STATUS.BUSY] });
      }
    }
  },
};

export const MODES: readonly Attack[] = [shutdown, reset, synchronize, selfTest];
