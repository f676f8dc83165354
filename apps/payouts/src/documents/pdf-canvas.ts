import PDFDocument from 'pdfkit';

export const PAGE = { width: 595.28, height: 841.89, margin: 48 } as const;
export const INNER_WIDTH = PAGE.width - 2 * PAGE.margin;
export const RIGHT = PAGE.width - PAGE.margin;

export const COLOURS = {
  ink: '#14213d',
  text: '#1f2937',
  quiet: '#6b7280',
  line: '#d9dee7',
  wash: '#f4f6fa',
  accent: '#0f766e',
  accentWash: '#e6f4f1',
  loss: '#b42318',
  paper: '#ffffff',
  mist: '#b9c4dc',
} as const;
export type Colour = keyof typeof COLOURS;

export interface Face {
  readonly size: number;
  readonly bold?: boolean;
  readonly colour?: Colour;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
  readonly radius?: number;
}

/** Windows-1252 beyond Latin-1: what the built-in fonts of every reader have. */
const BEYOND_LATIN = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const isPrintable = (letter: string): boolean =>
  /^[\u0020-\u007e\u00a0-\u00ff]$/.test(letter) || BEYOND_LATIN.includes(letter);

/** A letter that the fonts lack loses its mark, and becomes a question mark where that does not help. */
export const printable = (text: string): string =>
  [...text.normalize('NFC')]
    .map((letter) => {
      if (isPrintable(letter)) return letter;
      const plain = letter.normalize('NFD').replaceAll(/\p{M}/gu, '');
      return plain !== '' && [...plain].every(isPrintable) ? plain : '?';
    })
    .join('');

export interface Titles {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  readonly language: string;
  readonly at: Date;
}

/**
 * Paper and pen. Nothing about it depends on the machine: the fonts are those that every reader has, the dates are told, and
 * nothing is compressed, because two versions of zlib may make different bytes of the same page.
 */
export class PdfCanvas {
  private readonly doc: PDFKit.PDFDocument;
  private readonly chunks: Buffer[] = [];

  constructor({ title, author, subject, language, at }: Titles) {
    this.doc = new PDFDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      compress: false,
      bufferPages: true,
      autoFirstPage: false,
      lang: language,
      displayTitle: true,
      info: {
        Title: title,
        Author: author,
        Subject: subject,
        Creator: 'Tributary',
        Producer: 'Tributary',
        CreationDate: at,
        ModDate: at,
      },
    });
    this.doc.on('data', (chunk: Buffer) => this.chunks.push(chunk));
  }

  addPage(): void {
    this.doc.addPage();
  }

  widthOf(text: string, { size, bold = false }: Face): number {
    this.doc.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
    return this.doc.widthOfString(printable(text));
  }

  /** One line, at most so wide: what does not fit is cut, and says so. */
  text(text: string, x: number, y: number, face: Face, width?: number): void {
    const shown =
      width === undefined ? printable(text) : this.fitting(printable(text), face, width);
    this.doc
      .font(face.bold ? 'Helvetica-Bold' : 'Helvetica')
      .fontSize(face.size)
      .fillColor(COLOURS[face.colour ?? 'text'])
      .text(shown, x, y, { lineBreak: false });
  }

  /** Ends at `right`. An amount is never cut. */
  textRight(text: string, right: number, y: number, face: Face): void {
    this.text(text, right - this.widthOf(text, face), y, face);
  }

  /** As lines of at most this width. */
  wrapped(text: string, face: Face, width: number, mostLines: number): readonly string[] {
    const lines: string[] = [];
    for (const word of printable(text).split(' ')) {
      const last = lines.at(-1);
      const longer = last === undefined ? word : `${last} ${word}`;
      if (last !== undefined && this.widthOf(longer, face) <= width)
        lines[lines.length - 1] = longer;
      else if (lines.length < mostLines) lines.push(word);
      else {
        lines[lines.length - 1] = this.fitting(`${longer} …`, face, width);
        break;
      }
    }
    return lines.map((line) => this.fitting(line, face, width));
  }

  box({ x, y, width, height, colour, radius = 0 }: Box): void {
    this.doc.roundedRect(x, y, width, height, radius).fill(COLOURS[colour]);
  }

  rule(x: number, y: number, width: number, colour: Colour = 'line', thickness = 0.6): void {
    this.doc
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(thickness)
      .stroke(COLOURS[colour]);
  }

  /** Streams that flow into one. */
  mark(x: number, y: number, size: number, colour: Colour): void {
    const flow = (from: number, thickness: number) =>
      this.doc
        .moveTo(x, y + from * size)
        .bezierCurveTo(
          x + 0.5 * size,
          y + from * size,
          x + 0.45 * size,
          y + 0.5 * size,
          x + size,
          y + 0.5 * size,
        )
        .lineWidth(thickness)
        .lineCap('round')
        .stroke(COLOURS[colour]);
    flow(0.1, 1.6);
    flow(0.5, 2.6);
    flow(0.9, 1.6);
  }

  /** On every page that there is by now; pages are counted from 1. */
  onEachPage(draw: (page: number, pages: number) => void): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let i = 0; i < count; i++) {
      this.doc.switchToPage(start + i);
      draw(i + 1, count);
    }
  }

  async bytes(): Promise<Uint8Array> {
    const ended = new Promise<void>((done, failed) => {
      this.doc.once('end', done);
      this.doc.once('error', failed);
    });
    this.doc.end();
    await ended;
    return new Uint8Array(Buffer.concat(this.chunks));
  }

  private fitting(text: string, face: Face, width: number): string {
    if (this.widthOf(text, face) <= width) return text;
    const letters = [...text];
    let [low, high] = [0, letters.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.widthOf(`${letters.slice(0, middle).join('')}…`, face) <= width) low = middle;
      else high = middle - 1;
    }
    return `${letters.slice(0, low).join('').trimEnd()}…`;
  }
}
