import type { SettingName } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value that cannot be used: the message follows the setting's name. Never put a secret into it. */
export class SettingFault extends Error {
  override readonly name = 'SettingFault';
}

/** Thrown by `readConfig` with every fault of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? 'One setting is' : `${faults.length} settings are`;
    super([`${count} not usable:`, ...faults.map((fault) => `- ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

/** Reads settings one by one and collects their faults, so that all of them can be told together. */
export function createSettingReader(env: Environment) {
  const faults: string[] = [];

  /** Empty counts as absent. */
  function given(name: SettingName): boolean {
    return Boolean(env[name]);
  }

  function fault(name: SettingName, message: string): void {
    faults.push(`${name} ${message}`);
  }

  function read<T, F>(name: SettingName, parse: (text: string) => T, fallback: F): T | F {
    const text = env[name];
    if (!text) return fallback;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error;
      fault(name, error.message);
      return fallback;
    }
  }

  return { faults, given, fault, read };
}
