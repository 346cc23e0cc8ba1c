// How the law refuses: with the code of the first thing that did not hold.

/** What an entry says was not allowed, or was not so. */
export class Fault extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export function ask(holds, code) {
  if (!holds) throw new Fault(code);
}

/** Whether two lists that ascend hold the same. */
export const sameList = (one, other) =>
  one.length === other.length && one.every((item, at) => item === other[at]);
