// REQ-GROUND-009
/**
 * The page on loopback: the HTML, the files it is about, and a running appliance's log. Nothing is ever written. Other users of this
 * machine get to the port, too: everything is below a path that only whoever started it was told.
 */
import { randomBytes } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pageHtml, type Start } from "./html.ts";

export interface Served {
  /** With the token: whoever has it sees everything. */
  url: string;
  close(): void;
}

/**
 * @param files by the name the page knows them by, where they are
 * @param live gets the connection of everyone who wants to see the log
 */
export async function servePage(
  start: Omit<Start, "version" | "files">,
  files: ReadonlyMap<string, string>,
  port: number,
  live?: (to: ServerResponse) => void,
): Promise<Served> {
  const served = [...files.keys()].map((name, i) => ({ name, url: `files/${i}` }));
  const paths = [...files.values()];
  const { html, policy } = await pageHtml({ ...start, files: served, ...(live && { live: "log" }) });
  const headers = {
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
  let own = "";
  const below = `/${randomBytes(16).toString("hex")}`;
  const server = createServer(({ method, url: asked = "", headers: { host } }, response) => {
    const refuse = (status: number) => response.writeHead(status, headers).end();
    // A name that was made to point here by somebody else's DNS is not ours.
    if (host !== own && host !== own.replace("127.0.0.1", "localhost")) return refuse(421);
    if (!asked.startsWith(`${below}/`)) return refuse(404);
    const url = asked.slice(below.length);
    if (method !== "GET") return refuse(405);
    if (url === "/")
      return response.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" }).end(html);
    if (url === "/log" && live) {
      response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
      return live(response);
    }
    const path = paths[Number(/^\/files\/(\d+)$/.exec(url)?.[1] ?? -1)];
    if (path === undefined) return refuse(404);
    let size: number;
    try {
      size = statSync(path).size;
    } catch {
      return refuse(404);
    }
    response.writeHead(200, { ...headers, "content-type": "application/octet-stream", "content-length": size });
    createReadStream(path).pipe(response);
  });
  await listen(server, port);
  own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${own}${below}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((ready, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      failed(
        new Error(`--port ${port}: ${error.code === "EADDRINUSE" ? "in use, expected a free one" : error.message}`),
      ),
    );
    server.listen(port, "127.0.0.1", () => ready());
  });
}
