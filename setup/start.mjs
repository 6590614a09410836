// `npm start`: from a fresh clone to the booted image at work, with nothing but Node on the machine.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function step(...args) {
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

step("setup/setup.mjs");
step("bin/weir", "replay", "-r", "fixtures/site.pcap", "-c", "fixtures/policy.yaml", "--image", "--or-embedded");
