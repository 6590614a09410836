// Not linked: shows the ABI's constants to the test that compares them with abi.ts and abi.h.
import {
  ABI_VERSION,
  EVENT_HEADER,
  FRAME_HEADER,
  INPUT_SIZE,
  MAX_CAPTURED,
  RECORD_HEADER,
  RecordHeader,
  RecordKind,
  VERDICTS,
} from "./abi";
export function abiVersion(): u32 {
  return ABI_VERSION;
}
export function recordHeader(): u32 {
  return RECORD_HEADER;
}
export function recordHeaderSize(): u32 {
  return <u32>offsetof<RecordHeader>();
}
export function verdictOffset(): u32 {
  return <u32>offsetof<RecordHeader>("verdict");
}
export function maxCaptured(): u32 {
  return MAX_CAPTURED;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function eventHeader(): u32 {
  return EVENT_HEADER;
}
export function frameHeader(): u32 {
  return FRAME_HEADER;
}
export function verdicts(): u32 {
  return VERDICTS;
}
export function end(): u32 {
  return RecordKind.END;
}
