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
  if (kind == NO_MESSAGE) return lit(t, "bytes that are no message");
  if (kind == UNKNOWN) return lit(t, "a TPDU with an unknown protocol");
  if (kind == GOES_ON) return lit(t, "a TPDU that goes on with an earlier one");
  if (kind >> 8 == CONNECTION >> 8) return connection(t, kind & 255);
  switch (app) {
    case App.MODBUS:
      return modbus(t, kind);
    case App.DNP3:
      return dnp3(t, kind);
    case App.IEC104:
      return iec104(t, kind);
    case App.S7:
    case App.MMS:
      return overTpkt(t, app, kind);
    case App.ENIP:
      lit(t, "EtherNet/IP command 0x");
      hex16(t, kind >> 16);
      if ((kind & 0x100) == 0) return;
      lit(t, ", CIP service 0x");
      hex8(t, kind & 255);
      return;
    case App.BACNET:
      return bacnet(t, kind);
    case App.GOOSE:
      return lit(t, "another GOOSE control block");
    case App.SV:
      return lit(t, "another stream of Sampled Values");
    default:
      return lit(t, "a message");
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
  if (kind >> 8 == 2) return lit(t, "segment");
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
