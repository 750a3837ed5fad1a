/** One field of a message; of the wire types 1, 2 and 5 the bytes, of varints the number. */
export interface WireField {
  number: number;
  value: Buffer | bigint;
}

/** The fields of a protobuf message, in their order: https://protobuf.dev/programming-guides/encoding/ @throws on other wire types. */
export function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(message.readUInt8(at));
      at += 1;
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    const type = tag & 7;
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 1) fields.push({ number, value: bytes(8) });
    else if (type === 2) fields.push({ number, value: bytes(Number(varint())) });
    else if (type === 5) fields.push({ number, value: bytes(4) });
    else throw new Error(`a field of wire type ${type}`);
  }
  return fields;
}
