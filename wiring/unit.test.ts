import { expect, it } from "vitest";
import { unitText } from "./unit.ts";

it("the unit makes the wiring again before the appliance starts; odd paths stay one word", () => {
  const text = unitText(["/usr/bin/node", '/opt/a "b" 100% $c/weir'], "/etc/weir");
  expect(text).toContain(
    'ExecStart="/usr/bin/node" "/opt/a \\"b\\" 100%% $$c/weir" "host" "setup" "--again" "--folder" "/etc/weir" --name %i\n',
  );
  expect(text).toContain("Before=weir@%i.service");
});
