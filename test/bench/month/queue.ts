/** What happens when: a binary heap over virtual time. */
export class EventQueue<Event> {
  readonly #heap: { readonly at: number; readonly event: Event }[] = [];

  add(at: number, event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push({ at, event });
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = { at, event };
  }

  /** The earliest, or null. */
  take(): { readonly at: number; readonly event: Event } | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: { readonly at: number; readonly event: Event }): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const isRight = right < heap.length && heap[right]!.at < heap[left]!.at;
      const child = isRight ? right : left;
      if (child >= heap.length || heap[child]!.at >= entry.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }
}
