import { describe, expect, test } from 'vitest';
import { beatsWith, pageOf, shipped } from '../support/kubernetes/beat.ts';
import { hasRecordings } from '../support/kubernetes/recorded.ts';
import { recordedServer } from '../support/kubernetes/server.ts';

/**
 * The recorded cluster over TLS with its kubeconfig, looked at with the runbooks that ship. The pages were checked by
 * hand against the recordings: what a careful operator would be told, and nothing else.
 */
describe.skipIf(!hasRecordings)('the recorded cluster', () => {
  test.each([
    ['admin', 'kubernetes-heartbeat.md', 'heartbeat-as-admin.txt'],
    ['ops-reader', 'kubernetes-heartbeat.md', 'heartbeat-as-reader.txt'],
    ['admin', 'nightly-drift.yaml', 'night-as-admin.txt'],
    ['ops-reader', 'nightly-drift.yaml', 'night-as-reader.txt'],
  ] as const)('as %s, with %s', async (as, runbook, page) => {
    await using server = await recordedServer({ as });
    const beats = beatsWith(server.kubeconfig);
    const report = await beats.run(await shipped(runbook));
    await expect(pageOf(report)).toMatchFileSnapshot(`../fixtures/kubernetes/recorded/${page}`);
    // Passwords of this form are planted in specs, config maps and logs of the recording.
    expect(JSON.stringify(report) + beats.kept()).not.toContain('hunter2');
  });
});
