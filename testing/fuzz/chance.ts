import { Random } from '../random.ts'

/** Random choices for one case: the seed and its number alone decide them. */
export class Chance extends Random {
  constructor(seed: number, number: number) {
    super((Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0)
    // Neighbouring seeds begin alike.
    for (let n = 0; n < 4; n++) this.next()
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.next() * 100 < share
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }
}
