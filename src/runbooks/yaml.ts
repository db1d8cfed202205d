import type { YamlRules } from '../yaml/yaml-rules.ts';

/** A runbook is a few dozen lines; the limits are far above that and far below what hurts. */
export const YAML_RULES: YamlRules = {
  noun: 'runbook',
  keys: '"checks:"',
  codes: { invalid: 'RUNBOOK_YAML_INVALID', refused: 'RUNBOOK_YAML_REFUSED', duplicate: 'RUNBOOK_KEY_DUPLICATE' },
  aliases: 'counted',
  mayBeEmpty: false,
  most: { pieces: 20_000, levels: 24 },
};
