import PDFDocument from 'pdfkit';

export type Paper = 'a4' | 'letter';

/** Points. Letter is wider and shorter than A4; what is drawn fits on both. */
const SIZES = { a4: { width: 595.28, height: 841.89 }, letter: { width: 612, height: 792 } } as const;
const MARGIN = { left: 54, right: 46, top: 40, bottom: 58 };

export const FONT = { plain: 'Helvetica', bold: 'Helvetica-Bold', code: 'Courier-Bold' } as const;
/** Two greys that survive a copier; everything that matters is black. */
const INK = { black: '#000000', grey: '#555555', hair: '#999999', white: '#ffffff' } as const;
const TEXT = 9.5;
const SMALL = 7.5;

interface TextStyle {
  readonly font?: string;
  readonly size?: number;
  readonly colour?: string;
}

/** A column of a table: its share of the width. */
export interface Column {
  readonly title: string;
  readonly share: number;
  readonly font?: string;
}

/** A sheet of paper, written from the top down. Knows how to draw, not what. */
export class Sheet {
  readonly #doc: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #paper: Paper;
  readonly #scale: number;
  #y: number = MARGIN.top;
  #overflow = false;
  #pages = 1;

  /** @param scale of letters and gaps; the width stays */
  constructor(paper: Paper, scale: number, title: string, at: Date) {
    this.#paper = paper;
    this.#scale = scale;
    this.#doc = new PDFDocument({
      size: paper === 'a4' ? 'A4' : 'LETTER',
      margins: { top: 0, bottom: 0, left: 0, right: 0 },
      bufferPages: true,
      lang: 'en',
      displayTitle: true,
      pdfVersion: '1.7',
      info: { Title: title, Author: 'Breakglass', CreationDate: at, ModDate: at },
    });
    this.#doc.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#foldMarks();
  }

  get width(): number {
    return SIZES[this.#paper].width - MARGIN.left - MARGIN.right;
  }

  /** Something was written below the bottom of a page. */
  get overflow(): boolean {
    // pdfkit begins a page of its own where a paragraph crosses the edge.
    const broken = this.#doc.bufferedPageRange().count > this.#pages;
    return this.#overflow || broken || this.#y > SIZES[this.#paper].height - MARGIN.bottom;
  }

  page(): void {
    this.#overflow = this.overflow;
    this.#doc.addPage();
    this.#pages += 1;
    this.#foldMarks();
    this.#y = MARGIN.top;
  }

  gap(points: number): void {
    this.#y += points * this.#scale;
  }

  /** A paragraph. */
  text(words: string, style: TextStyle = {}, indent = 0): void {
    const size = this.#ink(style);
    this.#paragraph(words, MARGIN.left + indent, { width: this.width - indent, lineGap: size * 0.18 });
  }

  /** The largest of the sizes at which the words fit on one line; before scaling. */
  fitting(words: string, font: string, largest: number, smallest: number, width: number = this.width): number {
    for (let size = largest; size > smallest; size -= 0.25)
      if (
        this.#doc
          .font(font)
          .fontSize(size * this.#scale)
          .widthOfString(words) <= width
      )
        return size;
    return smallest;
  }

  rule(thickness: number, colour: string = INK.black): void {
    this.#stroke(thickness, MARGIN.left, this.#y, MARGIN.left + this.width, colour);
  }

  heading(words: string): void {
    this.rule(0.8);
    this.gap(5);
    this.text(words, { font: FONT.bold, size: 12 });
    this.gap(3);
  }

  /** One line, its words at both edges. */
  edges(left: string, right: string): void {
    const size = this.#ink({ font: FONT.bold });
    const place = { width: this.width, lineBreak: false } as const;
    this.#doc.text(left, MARGIN.left, this.#y, place);
    this.#doc.text(right, MARGIN.left, this.#y, { ...place, align: 'right' });
    this.#y += size * 1.6;
  }

  /** Black with white letters: only for what must not be missed. */
  banner(words: string): void {
    this.#boxed(11, (height) => this.#doc.rect(MARGIN.left, this.#y, this.width, height).fill(INK.black), [
      [words, { font: FONT.bold, size: 10.5, colour: INK.white }],
    ]);
  }

  /** A frame with a line of bold words and one of plain ones. */
  framed(bold: string, plain: string): void {
    this.#boxed(11, (height) => this.#doc.lineWidth(1.2).strokeColor(INK.black).rect(MARGIN.left, this.#y, this.width, height).stroke(), [
      [bold, { font: FONT.bold, size: 10.5 }],
      [plain, {}],
    ]);
  }

  /** `label   value`, a line each. A value in code is made to fit on its line. */
  facts(rows: readonly (readonly [label: string, value: string, font?: string])[]): void {
    const indent = 84;
    for (const [label, value, font = FONT.plain] of rows) {
      const top = this.#y;
      this.#ink({ size: 9, colour: INK.grey });
      this.#doc.text(label, MARGIN.left, top + 0.5, { lineBreak: false });
      const size = font === FONT.code ? this.fitting(value, font, 10, 7, this.width - indent) : 10;
      this.text(value, { font, size }, indent);
      this.gap(1.5);
    }
  }

  /** Numbered paragraphs: the number hangs, bold lead, then the rest. */
  steps(rows: readonly (readonly [lead: string, rest: string])[]): void {
    for (const [index, [lead, rest]] of rows.entries()) {
      this.#ink({ font: FONT.bold, size: 12 });
      this.#doc.text(String(index + 1), MARGIN.left, this.#y - 1.5 * this.#scale, { lineBreak: false });
      const size = this.#ink({ font: FONT.bold });
      const options = { width: this.width - 22, lineGap: size * 0.18 };
      this.#doc.text(`${lead} `, MARGIN.left + 22, this.#y, { ...options, continued: true });
      this.#ink({});
      this.#doc.text(rest, options);
      this.#y = this.#doc.y;
      this.gap(3.5);
    }
  }

  /** A ruled table. An empty cell is there to be written on; what follows a line break in a cell is small. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], rowHeight: number): void {
    const total = columns.reduce((sum, { share }) => sum + share, 0);
    const cells = columns.map(({ share, font = FONT.plain }, index) => {
      const before = columns.slice(0, index).reduce((sum, column) => sum + column.share, 0);
      return { x: MARGIN.left + (before / total) * this.width, width: (share / total) * this.width - 8, font };
    });
    // One size for a whole column of code: the longest line decides.
    const sizes = cells.map(({ width, font }, index) =>
      font === FONT.code ? Math.min(...rows.map((row) => this.fitting(row[index] ?? '', font, TEXT, 6.5, width))) : TEXT,
    );
    this.#ink({ size: SMALL, colour: INK.grey });
    for (const [index, { x, width }] of cells.entries())
      this.#doc.text(columns[index]?.title ?? '', x, this.#y, { width, lineBreak: false, characterSpacing: 0.4 });
    this.gap(11);
    this.rule(0.8);
    for (const row of rows) {
      const top = this.#y;
      const ends = cells.map(({ x, width, font }, index) => {
        this.#y = top + 4.5 * this.#scale;
        const [main = '', small] = (row[index] ?? '').split('\n', 2);
        this.#ink({ font, size: sizes[index] ?? TEXT });
        if (main !== '') this.#paragraph(main, x, { width });
        this.#ink({ size: SMALL, colour: INK.grey });
        if (small !== undefined) this.#paragraph(small, x, { width });
        return this.#y + 3 * this.#scale;
      });
      this.#y = Math.max(top + rowHeight * this.#scale, ...ends);
      this.rule(0.4, INK.hair);
    }
  }

  /** Lines to write on, with small words under each. */
  blanks(rows: readonly (readonly string[])[]): void {
    const gutter = 14;
    for (const row of rows) {
      const width = (this.width - gutter * (row.length - 1)) / row.length;
      this.gap(19);
      for (const [index, words] of row.entries()) {
        const x = MARGIN.left + index * (width + gutter);
        this.#stroke(0.5, x, this.#y, x + width, INK.black);
        this.#ink({ size: SMALL, colour: INK.grey });
        this.#doc.text(words, x, this.#y + 2.5, { width, lineBreak: false });
      }
      this.gap(11);
    }
  }

  /** Writes the foot of every page and closes the sheet. @returns the PDF */
  async end(foot: (page: number, of: number) => readonly [left: string, right: string, ...below: string[]]): Promise<Buffer> {
    const { count } = this.#doc.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.#doc.switchToPage(page);
      const [left, right, ...below] = foot(page + 1, count);
      let y = SIZES[this.#paper].height - 48;
      this.#stroke(0.4, MARGIN.left, y, MARGIN.left + this.width, INK.hair);
      const place = { width: this.width, lineBreak: false, ellipsis: true, height: 11 } as const;
      this.#doc.font(FONT.bold).fontSize(8.5).fillColor(INK.black);
      this.#doc.text(left, MARGIN.left, y + 5, { ...place, width: this.width - 70 });
      this.#doc.text(right, MARGIN.left, y + 5, { ...place, align: 'right' });
      y += 7;
      this.#doc.font(FONT.plain).fontSize(7).fillColor(INK.grey);
      for (const words of below) {
        y += 9.5;
        this.#doc.text(words, MARGIN.left, y, place);
      }
    }
    const done = new Promise<void>((resolve, reject) => this.#doc.once('end', resolve).once('error', reject));
    this.#doc.end();
    await done;
    return Buffer.concat(this.#chunks);
  }

  /** @returns the size in points */
  #ink({ font = FONT.plain, size = TEXT, colour = INK.black }: TextStyle): number {
    this.#doc
      .font(font)
      .fontSize(size * this.#scale)
      .fillColor(colour);
    return size * this.#scale;
  }

  #paragraph(words: string, x: number, options: { readonly width: number; readonly lineGap?: number }): void {
    this.#doc.text(words, x, this.#y, options);
    this.#y += this.#doc.heightOfString(words, options);
  }

  #stroke(thickness: number, from: number, y: number, to: number, colour: string): void {
    this.#doc.lineWidth(thickness).strokeColor(colour).moveTo(from, y).lineTo(to, y).stroke();
  }

  #boxed(padding: number, draw: (height: number) => void, lines: readonly (readonly [string, TextStyle])[]): void {
    const width = this.width - 2 * padding;
    const heights = lines.map(([words, style]) => {
      const size = this.#ink(style);
      return this.#doc.heightOfString(words, { width, lineGap: size * 0.18 });
    });
    const inner = heights.reduce((sum, height) => sum + height, 0) + (lines.length - 1) * 3;
    const top = this.#y;
    draw(inner + 14);
    this.#y = top + 8;
    for (const [words, style] of lines) {
      const size = this.#ink(style);
      this.#paragraph(words, MARGIN.left + padding, { width, lineGap: size * 0.18 });
      this.#y += 3;
    }
    this.#y = top + inner + 14;
  }

  /** Where to fold it in three, so that it goes into a long envelope (DL, No. 10) with the name of the account outside. */
  #foldMarks(): void {
    const { height } = SIZES[this.#paper];
    for (const third of [1, 2]) this.#stroke(0.5, 10, (height / 3) * third, 22, INK.hair);
  }
}
