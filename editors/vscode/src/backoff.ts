/** When a server that crashed is started again. */

/** The waits before the first restart, the second and so on, in milliseconds. */
const WAITS = [500, 1_000, 2_000, 4_000];

/** A crash this long ago, in milliseconds, counts no more. */
const MEMORY = 180_000;

/** Counts crashes: each restart waits longer than the one before, until there are none any more. */
export class Backoff {
  private crashes: number[] = [];

  /** Notes a crash, and returns how long to wait; `undefined` means to give up. */
  next(now: number): number | undefined {
    this.crashes = this.crashes.filter((crash) => now - crash < MEMORY);
    const wait = WAITS[this.crashes.length];
    this.crashes.push(now);
    return wait;
  }

  /** Forgets all crashes. */
  reset(): void {
    this.crashes = [];
  }
}
