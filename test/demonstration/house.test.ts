/**
 * That a detector and a link type are a folder and a line each: those beside this file are put into one copy of the project, and
 * every part of weir has them.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { addDetector, detectorWorks } from "./detector.ts";
import { House } from "./house.ts";
import { addLinkType, linkTypeWorks } from "./link.ts";

const house = new House();
beforeAll(() => {
  addDetector(house);
  addLinkType(house);
  house.build();
}, 600_000);
afterAll(() => house.remove());

describe("a detector that is added as a folder and a line of the registry", () => detectorWorks(house));
describe("a link type that is added as a folder and a line of the registry", () => linkTypeWorks(house));
