/** Collects everything that is wrong with a contract and its handlers, so that one start shows it all. */

/** Thrown when the server must not start; its message lists every fault. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`The contract cannot be served (${count}):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

export class BootFaults {
  readonly #faults = new Set<string>();

  /** `where` is an operationId or another place of the document; `what` completes the sentence. */
  add(where: string, what: string): void {
    this.#faults.add(`${where} ${what}`);
  }

  throwIfAny(): void {
    if (this.#faults.size > 0) throw new ContractError([...this.#faults]);
  }
}
