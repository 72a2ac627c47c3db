/** Does what it is given one after another, in the order it was asked. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** @throws what the work throws; whoever comes next is not held up by it */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }
}
