const PAGE_BITS = 1 << 20;

/** Whole numbers from 0, a bit for each: a Set takes some 100 bytes of each and ends at 2^24 members, which is less than a soak posts. */
export class NumberSet {
  readonly #pages = new Map<number, Uint8Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    const page = this.#page(Math.floor(number / PAGE_BITS));
    const [at, bit] = [(number % PAGE_BITS) >> 3, 1 << (number & 7)];
    const byte = page[at] ?? 0;
    if (byte & bit) return;
    page[at] = byte | bit;
    this.#size += 1;
  }

  #page(number: number): Uint8Array {
    let page = this.#pages.get(number);
    if (!page) this.#pages.set(number, (page = new Uint8Array(PAGE_BITS / 8)));
    return page;
  }
}
