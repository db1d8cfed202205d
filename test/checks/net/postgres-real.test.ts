import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/net/postgres.ts';
import { look } from '../../support/look.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { hasPostgres, holdSession, startPostgres } from '../../support/net/real-postgres.ts';

function ask(port: number) {
  return look(check, netReader(), { host: '127.0.0.1', port, attempts: 1, tls: true });
}

describe.runIf(hasPostgres)('a real PostgreSQL', () => {
  test('that wants a password takes connections, offers no TLS, and is refused once it has stopped', async () => {
    const server = await startPostgres('scram-sha-256');
    const { observations, drafts } = await ask(server.port);
    expect(observations).toMatchObject([{ facts: { said: 'authentication', method: 'scram-sha-256', tls: false } }]);
    expect(drafts.map(({ discriminator }) => discriminator)).toEqual(['tls']);
    await server[Symbol.asyncDispose]();
    expect((await ask(server.port)).drafts).toMatchObject([{ evidenceClass: 'connect' }]);
  }, 60_000);

  test('that trusts everybody knows no such user, and one without a connection left says so', async () => {
    const few = ['max_connections=1', 'superuser_reserved_connections=0', 'max_wal_senders=0'];
    await using server = await startPostgres('trust', few);
    // The one connection may still be with who asked before.
    await expect
      .poll(async () => (await ask(server.port)).observations, { timeout: 20_000 })
      .toMatchObject([{ facts: { said: 'error', sqlState: '28000' } }]);
    using held = await holdSession(server.port);
    expect(held).toBeDefined();
    expect((await ask(server.port)).drafts).toMatchObject([
      { discriminator: 'answer', evidenceClass: 'too-many-connections' },
      { discriminator: 'tls' },
    ]);
  }, 60_000);
});
