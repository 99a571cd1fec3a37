/** Types of units of an H.264 stream (ITU-T H.264, table 7-1). */
const UNIT = { slice: 1, keySlice: 5, parameters: 7 } as const;
const START_CODE = Buffer.from([0, 0, 1]);

/**
 * Sequence parameter sets, which say the size, depth and colours of pictures: those that packets bring, beside those of the stream's header.
 * A container stores units each after its length (ISO/IEC 14496-15) or after start codes (ITU-T H.264, annex B).
 */
export class ParameterSets {
  private readonly known: Set<string>;
  /** Bytes of a unit's length; 0: start codes. */
  private readonly lengthBytes: number;

  constructor(header: Buffer | null) {
    const record = header !== null && isRecord(header);
    this.lengthBytes = record ? (header.readUInt8(4) & 3) + 1 : 0;
    this.known = new Set(header ? parametersOf(record ? recorded(header) : marked(header)) : []);
  }

  /**
   * @param packet that is decoded next
   * @param header that the container gives with it, where it changes
   * @returns whether pictures stay what they are
   */
  stay(packet: Buffer, header: Buffer | null): boolean {
    const units = this.lengthBytes > 0 ? measured(packet, this.lengthBytes) : marked(packet);
    const own = [...(header && isRecord(header) ? parametersOf(recorded(header)) : []), ...parametersOf(units)];
    if (this.known.size === 0) for (const one of own) this.known.add(one);
    return own.every((one) => this.known.has(one));
  }
}

/** Before the first slice. */
function parametersOf(units: Iterable<Buffer>): string[] {
  const found: string[] = [];
  for (const unit of units) {
    const type = (unit[0] ?? 0) & 31;
    if (type === UNIT.slice || type === UNIT.keySlice) break;
    if (type === UNIT.parameters) found.push(unit.toString('base64'));
  }
  return found;
}

const isRecord = (header: Buffer): boolean => header.length > 6 && header[0] === 1;

function* recorded(header: Buffer): Generator<Buffer> {
  let at = 6;
  for (let left = header.readUInt8(5) & 31; left > 0 && at + 2 <= header.length; left--) {
    const end = at + 2 + header.readUInt16BE(at);
    yield header.subarray(at + 2, end);
    at = end;
  }
}

function* measured(packet: Buffer, lengthBytes: number): Generator<Buffer> {
  for (let at = 0; at + lengthBytes < packet.length;) {
    const start = at + lengthBytes;
    at = start + packet.readUIntBE(at, lengthBytes);
    yield packet.subarray(start, at);
  }
}

function* marked(bytes: Buffer): Generator<Buffer> {
  for (let at = bytes.indexOf(START_CODE); at >= 0;) {
    const next = bytes.indexOf(START_CODE, at + 3);
    // zeros before a start code belong to no unit
    let end = next < 0 ? bytes.length : next;
    while (end > at + 3 && bytes[end - 1] === 0) end--;
    yield bytes.subarray(at + 3, end);
    at = next;
  }
}
