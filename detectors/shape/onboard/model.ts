// What normal traffic looks like: for each class of frames (services.ts) the mean and spread of every feature and,
// block by block, how features vary together (distance.ts). Features are logarithms, so that one normal distribution is
// a fair description. A frame belongs to its service where that was learned, else to its protocol.
//
// As a section of the policy (section.ts) head, keys of services and descriptions stand one behind the other; here each
// has the room of its most. Their layout is in ../layouts/model.ts.
import { CLASSES, Description, DescriptionAt, ModelHead, ModelHeadAt, SERVICES } from "./generated/model";

export { CLASSES } from "./generated/model";
export const DESCRIPTION: u32 = DescriptionAt.SIZE;
export const HEAD_SIZE: u32 = ModelHeadAt.SIZE;

export const head: usize = memory.data(ModelHeadAt.SIZE, 8);
export const keys: usize = memory.data(<i32>(SERVICES * 8), 8);
export const descriptions: usize = memory.data(<i32>(CLASSES * DESCRIPTION), 8);

@inline export function modelHead(): ModelHead {
  return changetype<ModelHead>(head);
}
@inline export function protocolsDescribed(): u32 {
  return modelHead().protocols;
}
@inline export function limit(): f64 {
  return modelHead().limit;
}
@inline export function scale(b: u32): f64 {
  return <f64>load<f32>(modelHead().scales + ((<usize>b) << 2));
}
@inline export function setScale(b: u32, distance: f64): void {
  store<f32>(modelHead().scales + ((<usize>b) << 2), <f32>distance);
}
/** The key of a service that is described. */
@inline export function keyAt(service: u32): u64 {
  return load<u64>(keys + ((<usize>service) << 3));
}
/** Of protocols, then of services. */
@inline export function descriptionAt(i: u32): Description {
  return changetype<Description>(descriptions + <usize>(i * DESCRIPTION));
}

/** The description of a service, that of its protocol when it has none of its own. Only when there is a model. */
export function describedBy(service: u64): usize {
  const p = protocolsDescribed(),
    s = modelHead().services;
  for (let c: u32 = 0; c < s; ++c) if (keyAt(c) == service) return changetype<usize>(descriptionAt(p + c));
  const protocol = (<usize>service) & 255;
  return changetype<usize>(descriptionAt(<u32>load<u8>(modelHead().described + protocol)));
}
