/** The last bytes that a child wrote, however much it writes. */

export class StderrTail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    // Copied, so that a small tail does not keep a large read buffer alive.
    const kept = chunk.slice(Math.max(0, chunk.length - this.#maxBytes));
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    for (
      let first = this.#chunks[0];
      first !== undefined && this.#bytes - first.length >= this.#maxBytes;
      first = this.#chunks[0]
    ) {
      this.#chunks.shift();
      this.#bytes -= first.length;
    }
  }

  toString(): string {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - this.#maxBytes)).toString('utf8');
  }
}
