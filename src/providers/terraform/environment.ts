/**
 * The environment that the program is run with. The operator's passes through, since that is where the
 * credentials of its providers and backends are, but of the program's own variables (`TF_*`) only those that
 * give access or a place:
 *
 * - `TF_CLI_ARGS*` would add flags to the argument vector (`-target`, `-state`, `-lock=false`), and
 *   `TF_WORKSPACE`, `TF_DATA_DIR` and `TF_FORCE_LOCAL_BACKEND` would choose another state than the one that was sealed.
 * - `TF_REATTACH_PROVIDERS` would let another process do the work than the locked provider.
 * - `TF_LOG*` writes requests with their credentials to files.
 *
 * `TF_VAR_*` stays: a saved plan carries the values of its variables and the program refuses others, but for
 * ephemeral variables, which are credentials and can come from nowhere else.
 */
export function programEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && mayPass(name) ? [[name, value]] : [],
  );
  return {
    ...Object.fromEntries(kept),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    // It would ask its maker for news and warnings.
    CHECKPOINT_DISABLE: '1',
  };
}

function mayPass(name: string): boolean {
  return !name.startsWith('TF_') || PASSES.some((pattern) => pattern.test(name));
}

const PASSES = [
  /^TF_VAR_/,
  /^TF_TOKEN_/,
  /^TF_HTTP_/,
  /^TF_ENCRYPTION$/,
  /^TF_CLI_CONFIG_FILE$/,
  /^TF_PLUGIN_CACHE_DIR$/,
];
