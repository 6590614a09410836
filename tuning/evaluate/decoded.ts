/** Packets of captures as the decoder has them, one after the other. */
import { INPUT_SIZE } from "../../appliance/contract/generated/record.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { Decoder, type PacketView } from "../../ip/decode/decoder.ts";

/** @param take is given each packet, which is valid until it returns, and its number in the run, from 1 */
export async function eachPacket(
  paths: readonly string[],
  recursive: boolean,
  take: (packet: PacketView, number: number) => void,
): Promise<void> {
  const decoder = await Decoder.create({ checksums: false });
  const reader = await CaptureReader.open([...paths], { recursive });
  let number = 0;
  for await (const batch of recordStream(reader, new Uint8Array(INPUT_SIZE))) {
    decoder.input.set(batch);
    for (const packet of decoder.decode(batch.length)) take(packet, ++number);
  }
  await reader.close();
}
