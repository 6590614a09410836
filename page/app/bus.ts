/** 1553 buses: who speaks where and how often, and the schedule as it was kept. */
import type { Bus, Cell } from "../bus.ts";
import { clock, colour, count, figure, fill, h, table } from "./dom.ts";

const CELL = 13;

export function busView(bus: Bus, alertTimes: readonly number[]): HTMLElement {
  const channels = [...new Set(bus.cells.map(({ channel }) => channel))];
  const place = h("div", {});
  const show = (channel: number) =>
    fill(place, mapOf(bus.cells.filter((cell) => cell.channel === channel)), scheduleOf(bus, channel, alertTimes));
  const select = h(
    "select",
    { "aria-label": "channel", onchange: () => show(Number(select.value)) },
    ...channels.map((channel) => h("option", { value: channel }, `channel ${channel}`)),
  );
  show(channels[0]!);
  return h("section", {}, h("p", {}, `${count(bus.total)} messages. `, channels.length > 1 && select), place);
}

const nameOf = (c: Cell) =>
  `RT ${c.terminal} ${c.subaddress === 0 || c.subaddress === 31 ? "mode codes" : `SA ${c.subaddress}`} ${c.transmit ? "transmits" : "receives"}`;

/** Terminals down, subaddresses across, receiving in the left half; the darker, the more often; red: errors. */
function mapOf(cells: readonly Cell[]): HTMLElement {
  const [width, height] = [70 * CELL, 33 * CELL];
  const canvas = h("canvas", { width: width * devicePixelRatio, height: height * devicePixelRatio, role: "img" });
  canvas.style.width = `${width}px`;
  canvas.setAttribute("aria-label", `terminals and subaddresses: ${cells.length} in use; the table below has them all`);
  const c = canvas.getContext("2d")!;
  c.scale(devicePixelRatio, devicePixelRatio);
  c.font = "9px system-ui";
  c.fillStyle = colour("text");
  for (let i = 0; i < 32; i += 2) {
    c.fillText(String(i), 4, (i + 1.8) * CELL);
    for (const half of [0, 1]) c.fillText(String(i), (i + 2 + half * 34) * CELL, 9);
  }
  c.fillStyle = colour("grid");
  for (let t = 0; t < 32; t++)
    for (let s = 0; s < 64; s++) c.fillRect((2 + (s & 31) + (s >> 5) * 34) * CELL, (t + 1) * CELL, CELL - 1, CELL - 1);
  const most = Math.max(...cells.map(({ rate }) => rate), 1e-9);
  const at = new Map<string, Cell>();
  for (const cell of cells) {
    const x = 2 + cell.subaddress + (cell.transmit ? 34 : 0);
    const y = cell.terminal + 1;
    at.set(`${x} ${y}`, cell);
    c.globalAlpha = 0.25 + 0.75 * Math.max(0, 1 + Math.log10(Math.max(cell.rate, most / 1e4) / most) / 4);
    c.fillStyle = colour("point");
    c.fillRect(x * CELL, y * CELL, CELL - 1, CELL - 1);
    c.globalAlpha = 1;
    if (!cell.errors) continue;
    c.strokeStyle = colour("alarm");
    c.lineWidth = 2;
    c.strokeRect(x * CELL + 1, y * CELL + 1, CELL - 3, CELL - 3);
  }
  const says = h(
    "p",
    { class: "note" },
    "Left: receives, right: transmits. Rows are terminals, columns subaddresses. Red: with errors.",
  );
  const still = says.textContent;
  canvas.addEventListener("mousemove", ({ offsetX, offsetY }) => {
    const cell = at.get(`${Math.floor(offsetX / CELL)} ${Math.floor(offsetY / CELL)}`);
    says.textContent = cell
      ? `${nameOf(cell)}: ${count(cell.messages)} messages, ${figure(cell.rate, 3)}/s, ${count(cell.errors)} with errors`
      : still;
  });
  const rows = table<Cell>(
    [
      { name: "", cell: nameOf },
      { name: "messages", number: true, cell: (x) => count(x.messages) },
      { name: "per second", number: true, cell: (x) => figure(x.rate, 4) },
      { name: "with errors", number: true, cell: (x) => count(x.errors) },
      {
        name: "anomalies",
        cell: (x) =>
          Object.entries(x.anomalies)
            .map(([name, n]) => `${name} ${n}`)
            .join(", "),
      },
    ],
    cells,
  );
  return h("div", {}, h("h3", {}, "Map"), canvas, says, h("details", {}, h("summary", {}, "as a table"), rows));
}

/** One row for each terminal and subaddress; wheel or + and - to zoom, drag or arrows to move. */
function scheduleOf(bus: Bus, channel: number, alertTimes: readonly number[]): HTMLElement {
  const own = Uint32Array.from({ length: bus.length }, (_, i) => i).filter((i) => bus.channel[i] === channel);
  const rows = [...new Set(Array.from(own, (i) => bus.command[i]! >> 5))].sort((a, b) => a - b);
  const rowAt = new Map(rows.map((key, i) => [key, i]));
  const [height, left, width] = [14, 150, 1000];
  const first = bus.time[own[0]!] ?? 0;
  const last = bus.time[own.at(-1)!] ?? 0;
  let [from, to] = [first, Math.min(last, first + 0.1)];
  const canvas = h("canvas", {
    width: width * devicePixelRatio,
    height: (rows.length * height + 24) * devicePixelRatio,
    tabindex: 0,
    role: "img",
    "aria-label": "schedule: messages over time; plus and minus zoom, arrows move",
  });
  canvas.style.width = `${width}px`;
  const c = canvas.getContext("2d")!;
  c.scale(devicePixelRatio, devicePixelRatio);

  function draw(): void {
    c.clearRect(0, 0, width, rows.length * height + 24);
    c.font = "10px system-ui";
    for (const [i, key] of rows.entries()) {
      c.fillStyle = i & 1 ? colour("stripe") : colour("ground");
      c.fillRect(0, i * height, width, height);
      c.fillStyle = colour("text");
      c.fillText(`RT ${key >> 6} ${key & 32 ? "T" : "R"} SA ${key & 31}`, 4, i * height + 11);
    }
    const scale = (width - left) / (to - from);
    for (let k = lower(bus.time, own, from); k < own.length && bus.time[own[k]!]! <= to; k++) {
      const i = own[k]!;
      const x = left + (bus.time[i]! - from) * scale;
      // 20 us a word: command, status, data (MIL-STD-1553B 4.3.3)
      const wide = Math.max(1, (bus.words[i]! + 2) * 20e-6 * scale);
      c.fillStyle = bus.bad[i] ? colour("alarm") : colour("point");
      c.fillRect(x, rowAt.get(bus.command[i]! >> 5)! * height + 2, wide, height - 4);
    }
    c.fillStyle = colour("alarm");
    for (const time of alertTimes)
      if (time >= from && time <= to) c.fillRect(left + (time - from) * scale, rows.length * height, 1, 6);
    c.fillStyle = colour("text");
    for (let i = 0; i <= 4; i++)
      c.fillText(clock(from + ((to - from) * i) / 4), left + ((width - left - 70) * i) / 4, rows.length * height + 18);
  }

  const move = (share: number) => {
    const by = (to - from) * share;
    [from, to] = [from + by, to + by];
    draw();
  };
  const zoom = (by: number, around = (from + to) / 2) => {
    const span = Math.min(Math.max(1e-4, (to - from) * by), Math.max(1e-3, last - first) * 1.1);
    const share = (around - from) / (to - from);
    from = around - span * share;
    to = from + span;
    draw();
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, from + ((event.offsetX - left) / (width - left)) * (to - from));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) move(-event.movementX / (width - left));
  });
  canvas.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") move(-0.1);
    else if (key === "ArrowRight") move(0.1);
    else if (key === "+") zoom(0.5);
    else if (key === "-") zoom(2);
  });
  draw();
  return h(
    "div",
    {},
    h("h3", {}, "Schedule"),
    canvas,
    h(
      "p",
      { class: "note" },
      "Wheel or + and -: zoom. Drag or arrows: move. Red: messages with anomalies; red ticks below: alerts.",
    ),
  );
}

/** The first of `own` whose time is not before `from`; times of a recording rise, but for jumps. */
function lower(time: Float64Array, own: Uint32Array, from: number): number {
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[own[middle]!]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
