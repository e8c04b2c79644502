import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Background, texts, buttons and a few steps of grey between them; fewer where the picture would be too large. */
const MOST_COLOURS = [48, 24] as const;
const MOST_BYTES = 60_000;

/**
 * The same picture with a palette: a card has few colours, so one byte a pixel is enough and the file is a third of the size.
 * Beyond so many colours the nearest of the most frequent ones is taken. Takes what Chromium makes: 8 bits, RGB or RGBA, not interlaced.
 */
export function smallPng(png: Buffer): Buffer {
  const picture = decode(png);
  const sizes = MOST_COLOURS.map((most) => encode(png.subarray(0, 8), picture, most));
  return sizes.find(({ length }) => length < MOST_BYTES) ?? sizes.at(-1) ?? png;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Buffer;
}

function encode(signature: Buffer, { width, height, channels, pixels }: Picture, most: number): Buffer {
  const { palette, indexes } = quantise(pixels, channels, most);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) indexes.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const plte = Buffer.from(palette.flatMap((colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('PLTE', plte), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function decode(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return { width, height, channels, pixels: unfilter(inflateSync(Buffer.concat(data)), width * channels, height, channels) };
}

/** Undoes the filters of PNG (RFC 2083, section 6). */
function unfilter(raw: Buffer, stride: number, height: number, step: number): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= step ? (out[at - step] ?? 0) : 0;
      const up = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (out[at - stride - step] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function quantise(pixels: Buffer, channels: number, most: number): { palette: number[]; indexes: Buffer } {
  const count = pixels.length / channels;
  const colours = new Uint32Array(count);
  const uses = new Map<number, number>();
  for (let i = 0; i < count; i += 1) {
    const at = i * channels;
    // Two bits less per channel: nobody sees it, and text edges share their greys.
    const colour = (((pixels[at] ?? 0) & 0xfc) << 16) | (((pixels[at + 1] ?? 0) & 0xfc) << 8) | ((pixels[at + 2] ?? 0) & 0xfc);
    colours[i] = colour;
    uses.set(colour, (uses.get(colour) ?? 0) + 1);
  }
  const kept = [...uses]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, most)
    .map(([colour]) => colour);
  const indexOf = new Map(kept.map((colour, index) => [colour, index]));
  for (const colour of uses.keys()) if (!indexOf.has(colour)) indexOf.set(colour, nearest(colour, kept));
  return { palette: kept.map(brighten), indexes: Buffer.from(colours.map((colour) => indexOf.get(colour) ?? 0)) };
}

/** Greys are plenty and alike; a red that few pixels have must stay red. */
function weight([colour, uses]: readonly [number, number]): number {
  const parts = [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
  return uses * (4 + Math.max(...parts) - Math.min(...parts));
}

/** White stays white: the two bits taken away come back as copies of the highest two. */
const brighten = (colour: number): number => colour | ((colour >> 6) & 0x030303);

function nearest(colour: number, palette: readonly number[]): number {
  const far = (other: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, other, index) => (far(other) < far(palette[best] ?? 0) ? index : best), 0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
