// REQ-GROUND-025
/**
 * Another image for a running service: it is put in, the service is started again, and the image has to be ready and to show signs of life.
 * When it is not, the image of before is put back and has to do the same.
 */
import { setTimeout as pause } from "node:timers/promises";
import { sha256 } from "../../build/info.ts";
import type { Status } from "./status.ts";
import type { ImageStore } from "./store.ts";

export interface Service {
  store: ImageStore;
  /** Asks the supervisor to start it again with the image that the link leads to. @returns its complaint; undefined: none */
  restart(): Promise<string | undefined>;
  status(): Status | undefined;
  /** Signs of life that make an image good; one comes each second. 0: it has to be ready. */
  beats: number;
  /** Milliseconds that each image has for them. */
  patience: number;
  say(text: string): void;
}

/** deployed; back: the image of before runs again; down: nothing does that is known to be good. */
export type Outcome = "deployed" | "back" | "down";

const LOOK = 100;

/** @param name of the store's image that is to run */
export async function deploy(service: Service, name: string): Promise<Outcome> {
  const { store, say } = service;
  const before = store.current();
  const why = await change(service, name);
  if (why === undefined) {
    say(`${name} runs${boot(service)}`);
    return "deployed";
  }
  say(`${name}: ${why}`);
  if (before === undefined || before === name) {
    store.use(before);
    say("there is no earlier image to go back to: the service does not run");
    return "down";
  }
  say(`going back to ${before}`);
  const still = await change(service, before);
  if (still !== undefined) {
    say(`${before}: ${still}`);
    return "down";
  }
  say(`${before} runs again${boot(service)}`);
  return "back";
}

const boot = ({ status }: Service) => `: start ${status()?.boot}, ${status()?.beats} signs of life`;

/** @returns why the image is no good; undefined: it is */
async function change(service: Service, name: string): Promise<string | undefined> {
  const { store, restart, patience } = service;
  const last = BigInt(service.status()?.boot ?? 0);
  const hash = sha256(store.read(name));
  store.use(name);
  const until = performance.now() + patience;
  let complaint: string | undefined;
  let isAsked = true;
  const asked = restart().then((text) => {
    complaint = text;
    isAsked = false;
  });
  let seen: Status | undefined;
  while (performance.now() < until) {
    const now = service.status();
    // The start before this one is none of its own.
    if (now && BigInt(now.boot) > last && now.sha256 === hash) {
      seen = now;
      if (now.state === "ended") break;
      if (now.state === "ready" && now.beats >= service.beats && !isAsked) break;
    }
    if (complaint !== undefined && !seen) break;
    await pause(LOOK);
  }
  if (seen?.state === "ready" && seen.beats >= service.beats && !isAsked && complaint === undefined) return undefined;
  const seconds = Math.round(patience / 1000);
  // A supervisor that waits for an image that is never ready is not waited for.
  if (complaint === undefined && seen?.state !== "ended" && isAsked) void asked;
  if (seen?.state === "ended") return `it ended: ${seen.why ?? "it was stopped"}`;
  if (!seen)
    return complaint === undefined ? `it did not start within ${seconds} s` : `it was not started: ${complaint}`;
  if (seen.state === "starting") return `it was not ready within ${seconds} s`;
  return `it was ready, but after ${seconds} s the host had seen ${seen.beats} of ${service.beats} signs of life on log`;
}
