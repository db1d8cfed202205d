import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { bannerSpeaker, type Banner, type BannerProtocol } from './banner.ts';
import { converse, type Speaker, type Spoken, type TcpQuestion } from './conversation.ts';
import { ownResolvers, query, type DnsQuestion, type DnsReply, type Resolver } from './dns.ts';
import { ask, type Answer, type HttpQuestion } from './http.ts';
import { mysqlSpeaker, type MysqlAnswer } from './mysql.ts';
import { askPostgres, type PostgresAnswer, type PostgresQuestion } from './postgres.ts';
import { redisSpeaker, type RedisAnswer, type RedisWish } from './redis.ts';
import { greet, type Greeting, type TlsQuestion } from './tls.ts';

export type { Answer, HttpQuestion, Greeting, TlsQuestion };
export type {
  Banner,
  BannerProtocol,
  DnsQuestion,
  DnsReply,
  Resolver,
  MysqlAnswer,
  PostgresAnswer,
  RedisAnswer,
  RedisWish,
  Spoken,
  TcpQuestion,
};
export type { DnsRecord, RecordType } from './dns-record.ts';
export type { Body, BodyWish } from './body.ts';
export type { Certificate } from './certificate.ts';
export type { Trouble } from './trouble.ts';
export type { Hop, RefusedRedirect } from './redirect.ts';
export type { WantedHeaders } from './wanted-headers.ts';

/** The network as this machine sees it. It judges nothing; trouble is a value, only an abort is thrown. */
export interface NetReader {
  ask(question: HttpQuestion): Promise<Answer>;
  greet(question: TlsQuestion): Promise<Greeting>;
  /** Connects and hangs up. */
  connect(question: TcpQuestion): Promise<Spoken<null>>;
  banner(question: TcpQuestion, protocol: BannerProtocol): Promise<Spoken<Banner>>;
  redis(question: TcpQuestion, wish: RedisWish): Promise<Spoken<RedisAnswer>>;
  postgres(question: PostgresQuestion): Promise<Spoken<PostgresAnswer>>;
  mysql(question: TcpQuestion, user: string): Promise<Spoken<MysqlAnswer>>;
  /** Asks one DNS server one question, without the resolver of the system. */
  query(question: DnsQuestion): Promise<DnsReply>;
  /** The DNS servers that this machine asks, in its order. */
  resolvers(): readonly Resolver[];
  /** False when this machine has no address but its own loopback: then nothing else can be reached. */
  isOnline(): boolean;
  /** A secret from the environment, which no one will be shown from now on; null when it is not set. */
  secret(variable: string): string | null;
  /** The certificates of a PEM file. `~` is the home folder. */
  authorities(path: string): Promise<Looked<string>>;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export interface NetDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Told of every secret before it is used, so that it can be kept from all output. */
  readonly learn: (secret: string) => void;
}

export function createNetReader(deps: NetDeps): NetReader {
  return {
    ask: (question) => ask(question, deps),
    greet: (question) => greet(question, deps.clock),
    connect: (question) => converse(question, deps.clock, CONTENT_AT_ONCE),
    banner: (question, protocol) => converse(question, deps.clock, bannerSpeaker(protocol)),
    redis: (question, wish) => converse(question, deps.clock, redisSpeaker(wish)),
    postgres: (question) => askPostgres(question, deps.clock),
    mysql: (question, user) => converse(question, deps.clock, mysqlSpeaker(user)),
    query: (question) => query(question, deps.clock),
    resolvers: ownResolvers,
    isOnline: () => hasOutsideAddress(os.networkInterfaces()),
    secret(variable) {
      const value = Object.hasOwn(deps.env, variable) ? deps.env[variable] : undefined;
      if (value === undefined || value === '') return null;
      deps.learn(value);
      return value;
    },
    authorities: (path) => readAuthorities(path.startsWith('~/') ? join(deps.home, path.slice(2)) : path),
    async pause(ms, signal) {
      await sleep(ms, undefined, { signal });
    },
  };
}

/** Of a port that is only to be open. */
const CONTENT_AT_ONCE: Speaker<null> = {
  begin: () => ({ next: 'done', value: null }),
  hear: () => ({ next: 'done', value: null }),
};

/** An IPv6 link-local address alone is there even without any network. */
export function hasOutsideAddress(interfaces: NodeJS.Dict<os.NetworkInterfaceInfo[]>): boolean {
  return Object.values(interfaces).some((addresses) =>
    addresses?.some(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:')),
  );
}

async function readAuthorities(path: string): Promise<Looked<string>> {
  try {
    const text = await readFile(path, 'utf8');
    if (/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)) return seen(text);
    return unknown('CA_INVALID', `${printable(path)} holds no certificate in PEM form.`);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `The certificates in ${printable(path)} could not be read (${code}).`);
  }
}
