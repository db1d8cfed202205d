import type { YamlRules } from '../../yaml/yaml-rules.ts';

/** A policy means what its reviewer reads, so that nothing in it may stand for something that is written elsewhere. */
export const YAML_RULES: YamlRules = {
  noun: 'policy',
  keys: '"policy:" and "rules:"',
  codes: { invalid: 'POLICY_YAML_INVALID', refused: 'POLICY_YAML_REFUSED', duplicate: 'POLICY_KEY_DUPLICATE' },
  aliases: 'refused',
  mayBeEmpty: false,
  most: { pieces: 20_000, levels: 16 },
};
