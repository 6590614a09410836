// What people call applications and their functions.
import { Text, byte, hex8, hex16, lit, unsigned } from "../../../lib/onboard/text";
import { App, GOES_ON, NO_MESSAGE, UNKNOWN } from "./message";
import { CONNECTION } from "./messages";
import { TPDU } from "./tpkt";

/** As Suricata's app_proto has it, where it has it. */
export function writeApp(t: Text, app: u32): void {
  switch (app) {
    case App.MODBUS:
      lit(t, "modbus");
      return;
    case App.DNP3:
      lit(t, "dnp3");
      return;
    case App.IEC104:
      lit(t, "iec104");
      return;
    case App.S7:
      lit(t, "s7comm");
      return;
    case App.ENIP:
      lit(t, "enip");
      return;
    case App.MMS:
      lit(t, "mms");
      return;
    case App.BACNET:
      lit(t, "bacnet");
      return;
    case App.GOOSE:
      lit(t, "goose");
      return;
    case App.SV:
      lit(t, "sv");
      return;
    default:
      lit(t, "failed"); // as Suricata says where it does not know
  }
}

/** `Modbus function 3 (read holding registers)`. */
export function writeFunction(t: Text, app: u32, kind: u32): void {
  if (kind == NO_MESSAGE) {
    lit(t, "bytes that are no message");
    return;
  }
  if (kind == UNKNOWN) {
    lit(t, "a TPDU with an unknown protocol");
    return;
  }
  if (kind == GOES_ON) {
    lit(t, "a TPDU that goes on with an earlier one");
    return;
  }
  if (kind >> 8 == CONNECTION >> 8) {
    connection(t, kind & 255);
    return;
  }
  switch (app) {
    case App.MODBUS:
      modbus(t, kind);
      return;
    case App.DNP3:
      dnp3(t, kind);
      return;
    case App.IEC104:
      iec104(t, kind);
      return;
    case App.S7:
    case App.MMS:
      overTpkt(t, app, kind);
      return;
    case App.ENIP:
      lit(t, "EtherNet/IP command 0x");
      hex16(t, kind >> 16);
      if ((kind & 0x100) == 0) return;
      lit(t, ", CIP service 0x");
      hex8(t, kind & 255);
      return;
    case App.BACNET:
      bacnet(t, kind);
      return;
    case App.GOOSE:
      lit(t, "another GOOSE control block");
      return;
    case App.SV:
      lit(t, "another stream of Sampled Values");
      return;
    default:
      lit(t, "a message");
      return;
  }
}

/** Of TCP, in a connection of such an application. */
function connection(t: Text, flags: u32): void {
  lit(t, flags & 4 ? "a reset of the connection" : flags & 1 ? "the end of a connection" : "the start of a connection");
}

function named(t: Text, code: u32, name: string): void {
  unsigned(t, code);
  if (name.length == 0) return;
  lit(t, " (");
  lit(t, name);
  byte(t, 41);
}

function modbus(t: Text, kind: u32): void {
  lit(t, "Modbus ");
  if (kind & 0x80) lit(t, "exception to ");
  lit(t, "function ");
  named(t, kind & 127, modbusName(kind & 127));
  if (kind >> 8 == 0) return;
  lit(t, ", subfunction ");
  unsigned(t, (kind >> 8) - 1);
}

function modbusName(code: u32): string {
  switch (code) {
    case 1:
      return "read coils";
    case 2:
      return "read discrete inputs";
    case 3:
      return "read holding registers";
    case 4:
      return "read input registers";
    case 5:
      return "write single coil";
    case 6:
      return "write single register";
    case 8:
      return "diagnostics";
    case 15:
      return "write multiple coils";
    case 16:
      return "write multiple registers";
    case 17:
      return "report server ID";
    case 43:
      return "encapsulated interface";
    default:
      return "";
  }
}

function dnp3(t: Text, kind: u32): void {
  lit(t, "DNP3 ");
  if (kind >> 8 == 2) {
    lit(t, "segment");
    return;
  }
  lit(t, kind >> 8 == 1 ? "function " : kind & 0x40 ? "link function of the primary station " : "link function ");
  named(t, kind >> 8 == 1 ? kind & 255 : kind & 15, kind >> 8 == 1 ? dnp3Name(kind & 255) : "");
}

function dnp3Name(code: u32): string {
  switch (code) {
    case 0:
      return "confirm";
    case 1:
      return "read";
    case 2:
      return "write";
    case 3:
      return "select";
    case 4:
      return "operate";
    case 5:
      return "direct operate";
    case 6:
      return "direct operate, no answer";
    case 13:
      return "cold restart";
    case 14:
      return "warm restart";
    case 15:
      return "initialize data";
    case 16:
      return "initialize application";
    case 17:
      return "start application";
    case 18:
      return "stop application";
    case 20:
      return "enable unsolicited";
    case 21:
      return "disable unsolicited";
    case 129:
      return "response";
    case 130:
      return "unsolicited response";
    default:
      return "";
  }
}

function iec104(t: Text, kind: u32): void {
  if (kind >= 0x100) {
    lit(t, kind >= 0x200 ? "IEC 104 U frame 0x" : "IEC 104 S frame");
    if (kind >= 0x200) hex8(t, kind & 255);
    return;
  }
  lit(t, "IEC 104 type ");
  named(t, kind, iec104Name(kind));
}

function iec104Name(type: u32): string {
  if (type < 45) return "monitored";
  if (type <= 64) return "command";
  switch (type) {
    case 100:
      return "interrogation";
    case 101:
      return "counter interrogation";
    case 102:
      return "read";
    case 103:
      return "clock synchronization";
    case 105:
      return "reset process";
    default:
      return type >= 110 && type <= 113 ? "parameter" : type >= 120 ? "file transfer" : "";
  }
}

function overTpkt(t: Text, app: u32, kind: u32): void {
  if (kind >> 8 == TPDU >> 8) {
    lit(t, "TPDU 0x");
    hex8(t, kind & 255);
    return;
  }
  lit(t, app == App.S7 ? "S7 message 0x" : "MMS message 0x");
  hex16(t, kind >> 16);
  byte(t, 32);
  hex16(t, kind & 0xffff);
  if (app == App.S7) return;
  const name = mmsName(kind);
  if (name.length == 0) return;
  lit(t, " (");
  lit(t, name);
  byte(t, 41);
}

function mmsName(kind: u32): string {
  switch (kind) {
    case 0x2000d:
      return "session connect";
    case 0x2000e:
      return "session accept";
    case 0x20019:
      return "session abort";
    case 0xa000a4:
      return "read";
    case 0xa000a5:
      return "write";
    case 0xa100a4:
      return "read response";
    case 0xa100a5:
      return "write response";
    case 0xa300a0:
      return "information report";
    default:
      return kind >> 16 == 0xa2 ? "error" : kind >> 16 == 0xa4 ? "reject" : "";
  }
}

function bacnet(t: Text, kind: u32): void {
  lit(t, "BACnet function ");
  unsigned(t, kind >> 16);
  if (kind & 0x8000) {
    lit(t, ", network message ");
    unsigned(t, kind & 255);
    return;
  }
  lit(t, ", PDU type ");
  unsigned(t, (kind >> 8) & 15);
  lit(t, ", service ");
  unsigned(t, kind & 255);
}

/** `GOOSE of APPID 0x1001` */
export function writePublisher(t: Text, app: u32, appId: u32): void {
  lit(t, app == App.SV ? "Sampled Values of APPID 0x" : "GOOSE of APPID 0x");
  hex16(t, appId);
}

/** What it is about, behind a function: `, unit 1, address 100, 10 of them`. Hashes of names say nothing to people. */
export function writeAbout(t: Text, app: u32, kind: u32, about: u64): void {
  switch (app) {
    case App.MODBUS:
      part(t, ", unit ", (about >> 48) & 0xff);
      if (about >> 63) {
        part(t, ", octets in the answer: ", about & 0xff);
        return;
      }
      if ((about & 0xffffffff) == 0) return;
      part(t, ", address ", (about >> 16) & 0xffff);
      part(t, ", quantity ", about & 0xffff);
      return;
    case App.DNP3:
      part(t, ", to station ", about >> 48);
      part(t, " from ", (about >> 32) & 0xffff);
      if (kind >> 8 != 1) return;
      part(t, ", group ", (about >> 16) & 0xff);
      part(t, ", variation ", (about >> 8) & 0xff);
      return;
    case App.IEC104:
      part(t, ", cause ", (about >> 16) & 0xff);
      part(t, ", common address ", about & 0xffff);
      return;
    case App.S7:
      part(t, ", area ", (about >> 52) & 0xff);
      part(t, ", data block ", (about >> 36) & 0xffff);
      part(t, ", bit address ", (about >> 12) & 0xffffff);
      return;
    case App.ENIP:
      if (about >> 63) {
        part(t, ", status ", about & 0xff);
        return;
      }
      if (about >> 62) {
        lit(t, ", another tag");
        return;
      }
      part(t, ", class ", (about >> 32) & 0xffff);
      part(t, ", attribute ", about & 0xffff);
      return;
    case App.BACNET:
      part(t, ", object type ", (about >> 38) & 0x3ff);
      part(t, ", instance ", (about >> 16) & 0x3fffff);
      part(t, ", property ", about & 0xffff);
      return;
    case App.GOOSE:
    case App.SV:
      lit(t, ", or another data set or revision");
      return;
    default:
      lit(t, ", another name");
      return;
  }
}

function part(t: Text, name: string, value: u64): void {
  lit(t, name);
  unsigned(t, value);
}
