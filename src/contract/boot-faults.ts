/** Collects everything that is wrong with a contract and its handlers, so that one start shows it all. */
import { faultPointers } from './fault-pointers.ts';
import type { ContractDocument } from './document.ts';

/** A fault as it was told. */
export interface ToldFault {
  /** An operationId or another place of the document: `createItem (201)`, `GET /items`, `schema Item`. */
  readonly where: string;
  /** Completes the sentence that begins with `where`. */
  readonly what: string;
  /** A JSON pointer from whoever told it, also through `$ref`s; undefined: to be found by the words. */
  readonly pointer?: string | undefined;
}

/** A fault with its place in the bundled document, a JSON pointer; undefined: it is in the code. */
export interface ContractFault extends ToldFault {
  readonly pointer: string | undefined;
}

/** Thrown when the server must not start; its message lists every fault. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  /** A sentence each. */
  readonly faults: readonly string[];
  /** The same faults in parts, for `faultReport`. */
  readonly details: readonly ContractFault[];
  // Private, so that no log writes the whole document out with the error.
  readonly #document: ContractDocument;

  constructor(details: readonly ContractFault[], document: ContractDocument) {
    const faults = details.map(({ where, what }) => `${where} ${what}`);
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`The contract cannot be served (${count}):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
    this.details = details;
    this.#document = document;
  }

  /** The document that the pointers of `details` lead into. */
  get document(): ContractDocument {
    return this.#document;
  }
}

/** Something that several operations share, and what was found wrong with it when it was made for the first. */
export interface Recorded<Made> {
  readonly value: Made;
  readonly told: readonly string[];
}

export class BootFaults {
  readonly #faults = new Map<string, ToldFault>();
  readonly #recordings = new Set<ToldFault[]>();

  /**
   * `where` is an operationId or another place of the document; `what` completes the sentence. The place is found
   * by these words (fault-pointers.ts) unless a JSON pointer says it better.
   */
  add(where: string, what: string, pointer?: string): void {
    const sentence = `${where} ${what}`;
    for (const recording of this.#recordings) recording.push({ where, what });
    if (!this.#faults.has(sentence)) this.#faults.set(sentence, { where, what, pointer });
  }

  /** Makes something and keeps what is told of `where` meanwhile, for `repeat`. */
  recorded<Made>(where: string, make: () => Made): Recorded<Made> {
    const recording: ToldFault[] = [];
    this.#recordings.add(recording);
    try {
      const value = make();
      return { value, told: recording.flatMap((fault) => (fault.where === where ? [fault.what] : [])) };
    } finally {
      this.#recordings.delete(recording);
    }
  }

  /** Tells of another place that uses the same what was told of the first. */
  repeat(where: string, { told }: Pick<Recorded<unknown>, 'told'>): void {
    for (const what of told) this.add(where, what);
  }

  /** Looks for the places only then: a contract without faults costs nothing. */
  throwIfAny(document: ContractDocument): void {
    if (this.#faults.size === 0) return;
    const pointerOf = faultPointers(document);
    const told = [...this.#faults.values()];
    throw new ContractError(
      told.map((fault) => ({ ...fault, pointer: pointerOf(fault) })),
      document,
    );
  }
}
