/** The two containers that Windows and macOS keep icons in. Both wrap one picture a size. */

/** A square picture, as a PNG file and, below 256 px, as its pixels (RGBA, from the top left). */
export interface Drawing {
  /** px a side. */
  size: number;
  png: Buffer;
  rgba: Uint8Array;
}

/** From this size on, Windows wants a PNG in an ICO; below, some of its functions still want a bitmap. */
const PNG_IN_ICO_FROM = 256;

/** A Windows icon: ICONDIR, one ICONDIRENTRY a picture, then the pictures. */
export function packIco(drawings: readonly Drawing[]): Buffer {
  const header = Buffer.alloc(6 + 16 * drawings.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(drawings.length, 4);
  const pictures = drawings.map((drawing) => (drawing.size < PNG_IN_ICO_FROM ? bitmap(drawing) : drawing.png));
  let offset = header.length;
  for (const [index, { size }] of drawings.entries()) {
    const entry = 6 + 16 * index;
    const length = pictures[index]?.length ?? 0;
    // One byte each; 256 is written as 0.
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += length;
  }
  return Buffer.concat([header, ...pictures]);
}

/** A BITMAPINFOHEADER, the pixels from the bottom up as BGRA, and the 1-bit mask that alpha has made useless. */
function bitmap({ size, rgba }: Drawing): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(size, 4);
  // Twice the height: pixels and mask count together.
  header.writeInt32LE(size * 2, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (y * size + x) * 4;
      const to = ((size - 1 - y) * size + x) * 4;
      const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(from, from + 4);
      pixels.set([blue, green, red, alpha], to);
    }
  }
  const maskRow = Math.ceil(size / 32) * 4;
  return Buffer.concat([header, pixels, Buffer.alloc(maskRow * size)]);
}

/** What macOS calls each size; a size that serves 1x and 2x is there under both names. */
const ICNS_TYPES: Record<number, readonly string[]> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** A macOS icon: a header, then each PNG behind its type and length. */
export function packIcns(drawings: readonly Drawing[]): Buffer {
  const entries = drawings.flatMap(({ size, png }) =>
    (ICNS_TYPES[size] ?? []).map((type) => Buffer.concat([Buffer.from(type), length(png.length + 8), png])),
  );
  const body = Buffer.concat(entries);
  return Buffer.concat([Buffer.from('icns'), length(body.length + 8), body]);
}

function length(bytes: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt32BE(bytes);
  return field;
}
