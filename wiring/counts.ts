/**
 * Where frames were lost on their way to the image, or refused on the wrong way, as the host counts them. The image counts its own; of
 * what never reached it only the host knows.
 */
import { counter, redirectOf, silencedOn } from "./kernel.ts";
import { tapsOf } from "./wiring.ts";

export interface Counts {
  /** Frames that came in on watched ports. */
  arrived: number;
  /** Of them: the port had no buffer for them, or they were damaged on the wire. */
  lostByPort: number;
  /** The image, or its hypervisor, did not take them in time. */
  lostByImage: number;
  /** Frames that somebody wanted to send on a watched port. None was sent. */
  refusedOnWatched: number;
  /** Frames that came out of the tap of `in`. None went on. */
  refusedFromIn: number;
}

/** The kernel's counters that mean that a frame was on the wire and is not there (rtnl_link_stats64, linux/if_link.h). */
const DAMAGED = ["rx_dropped", "rx_crc_errors", "rx_length_errors"];
/** Drivers count the same frame under one or several of them. */
const FULL = ["rx_missed_errors", "rx_fifo_errors", "rx_over_errors"];

/** @param ports the watched ports' names, as they are now */
export function countsOf(name: string, ports: readonly string[]): Counts {
  const taps = tapsOf(name);
  const sum = (of: (port: string) => number) => ports.reduce((all, port) => all + of(port), 0);
  return {
    arrived: sum((port) => redirectOf(port)?.frames ?? 0),
    lostByPort: sum(
      (port) =>
        DAMAGED.reduce((all, what) => all + counter(port, what), 0) +
        Math.max(...FULL.map((what) => counter(port, what))),
    ),
    lostByImage: counter(taps.in, "tx_dropped") + sum((port) => redirectOf(port)?.lost ?? 0),
    refusedOnWatched: sum((port) => silencedOn(port) ?? 0),
    refusedFromIn: redirectOf(taps.in)?.frames ?? 0,
  };
}
