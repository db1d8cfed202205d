import { crc32, deflateRawSync } from 'node:zlib';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';

/** What the stand-in does when it applies a plan; each line is one of its machine-readable UI. */
export interface ApplyScript {
  readonly says: readonly JsonObject[];
  readonly exit: number;
  /** What it does after `says`: ends, waits to be interrupted and then says `after`, heeds no interrupt, or is killed. */
  readonly ends?: 'by-itself' | 'interrupted' | 'not' | 'killed';
  readonly after?: readonly JsonObject[];
  /** The resources that are in the state then; null: the state stays. */
  readonly state: readonly JsonObject[] | null;
}

export interface SavedPlan {
  readonly backend: string;
  readonly workspace: string;
  /** Empty where there is no state yet, as in the real one. */
  readonly lineage: string;
  readonly serial: number;
  /** What `show -json` says of it; a text is said as it is. */
  readonly show: JsonValue;
  readonly apply: ApplyScript;
}

export const LINEAGE = '0f3c4a1e-6f0d-4b7a-9f43-2b8d5c1a7e90';

/**
 * The bytes of a saved plan in the layout of the real ones (a zip archive, in it `tfplan` as protobuf and `tfstate`),
 * with what the stand-in is to say and do beside.
 */
export function savedPlan(plan: SavedPlan): Buffer {
  const { backend, workspace, lineage, serial, show, apply } = plan;
  const message = Buffer.concat([
    varintField(1, 3),
    bytesField(14, Buffer.from('1.14.0')),
    bytesField(13, Buffer.concat([bytesField(1, backend), bytesField(2, Buffer.alloc(9)), bytesField(3, workspace)])),
  ]);
  return zipOf({
    tfplan: message,
    tfstate: JSON.stringify({ version: 4, terraform_version: '1.14.0', lineage, serial, outputs: {}, resources: [] }),
    '.terraform.lock.hcl': '',
    'stand-in/show': typeof show === 'string' ? show : JSON.stringify(show),
    'stand-in/apply': JSON.stringify(apply),
  });
}

/** A zip archive of deflated files. */
export function zipOf(files: Readonly<Record<string, Buffer | string>>): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytesField(field: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
