import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import { decode, encode, encodeError, type WireAnswer, type WireRequest } from './wire.ts';

/** What a handler is told beside the input. */
export interface AskedOf {
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
}

/** Answers an operation: the output by the API's own names, or an AwsError, or raw bytes. */
export type Handler = (input: never, asked: AskedOf) => object | Promise<object>;

export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message = code, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Bytes as they are, whatever the protocol: half an answer, XML under JSON. */
export class RawAnswer {
  readonly answer: WireAnswer;
  constructor(answer: WireAnswer) {
    this.answer = answer;
  }
}

export interface FakeAws {
  /** `http://127.0.0.1:4711` */
  readonly url: string;
  /** Answers `ec2.DescribeInstances` from now on. */
  on(operation: `${ServiceName}.${string}`, handler: Handler): void;
  /** Every call that came, in order: `ec2.DescribeInstances`, with its region. */
  readonly calls: readonly { readonly operation: string; readonly region: string; readonly input: object }[];
  /** Calls that nobody had an answer for: a test fails on them. */
  readonly unanswered: readonly string[];
  /** Access key ids and the accounts that they belong to; others are AKIAFAKE's. */
  readonly accounts: Map<string, { readonly account: string; readonly arn: string }>;
  close(): Promise<void>;
}

/** The account of whoever no test gave another. */
export const ACCOUNT = '123456789012';
export const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:user/holdfast`;

/**
 * A server that speaks the protocols of AWS. It answers GetCallerIdentity, and else only what a test told it to: to
 * anything else it says 501, which no service of AWS does, and remembers it.
 */
export async function startAws(): Promise<FakeAws> {
  const handlers = new Map<string, Handler>();
  const calls: { operation: string; region: string; input: object }[] = [];
  const unanswered: string[] = [];
  const accounts = new Map<string, { readonly account: string; readonly arn: string }>();
  const answer = async (request: WireRequest): Promise<WireAnswer> => {
    const asked = await decode(request);
    if (asked === null) {
      unanswered.push(`${request.method} ${request.path}`);
      return { status: 501, headers: {}, body: 'no such operation' };
    }
    const name = `${asked.service}.${asked.operation}`;
    const who = accounts.get(asked.accessKeyId) ?? { account: ACCOUNT, arn: PRINCIPAL };
    calls.push({ operation: name, region: asked.region, input: asked.input });
    const handler = handlers.get(name);
    if (handler === undefined && name === 'sts.GetCallerIdentity')
      return encode('sts', 'GetCallerIdentity', { Account: who.account, Arn: who.arn, UserId: 'AIDAFAKE' });
    if (handler === undefined) {
      unanswered.push(name);
      return encodeError(asked.service, 'NotImplementedByTheFake', `the fake has no answer for ${name}`, 501);
    }
    try {
      const output = await handler(asked.input as never, {
        region: asked.region,
        account: who.account,
        accessKeyId: asked.accessKeyId,
      });
      return output instanceof RawAnswer ? output.answer : await encode(asked.service, asked.operation, output);
    } catch (error) {
      if (error instanceof AwsError) return encodeError(asked.service, error.code, error.message, error.status);
      unanswered.push(`${name}: ${String(error)}`);
      return encodeError(asked.service, 'TheFakeThrew', String(error), 501);
    }
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value]),
    );
    const [method = 'GET', path = '/'] = [request.method, request.url];
    const sent = await answer({ method, path, headers, body: await readAll(request) });
    response.writeHead(sent.status, { ...sent.headers, 'x-amzn-requestid': 'r-1' }).end(sent.body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    on: (operation, handler) => void handlers.set(operation, handler),
    calls,
    unanswered,
    accounts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
