/** What GitHub says of a job on main with an environment, in the shape of its documentation; times by `now` (ms). */
export function githubClaims(
  now: number,
  change: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const seconds = Math.floor(now / 1_000);
  return {
    jti: '00000000-0000-4000-8000-000000000000',
    iss: 'https://token.example.com',
    aud: 'holdfast',
    sub: 'repo:acme/shop:environment:staging',
    iat: seconds,
    nbf: seconds - 300,
    exp: seconds + 300,
    repository: 'acme/shop',
    repository_id: '4711',
    repository_owner: 'acme',
    repository_owner_id: '42',
    repository_visibility: 'private',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    ref_protected: 'true',
    environment: 'staging',
    job_workflow_ref: 'acme/shop/.github/workflows/scale.yaml@refs/heads/main',
    workflow: 'scale',
    workflow_ref: 'acme/shop/.github/workflows/scale.yaml@refs/heads/main',
    event_name: 'push',
    actor: 'ana',
    actor_id: '7',
    run_id: '1001',
    run_number: '5',
    run_attempt: '1',
    sha: '0123456789abcdef0123456789abcdef01234567',
    head_ref: '',
    base_ref: '',
    runner_environment: 'github-hosted',
    ...change,
  };
}

/** The same job, begun by a pull request: the claims tell the event, and never whose fork it came from. */
export function pullRequestClaims(now: number): Readonly<Record<string, unknown>> {
  return githubClaims(now, {
    sub: 'repo:acme/shop:environment:staging',
    event_name: 'pull_request',
    ref: 'refs/pull/12/merge',
    ref_protected: 'false',
    head_ref: 'main',
    base_ref: 'main',
    actor: 'mallory',
    actor_id: '666',
  });
}
