import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { rawServer } from '../http/servers.ts';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly auth: string | null;
}

export interface SmtpOptions {
  /** Answers in the place of the usual ones, by the first word of the command; `connect` is the greeting. null: silence. */
  readonly answers?: Readonly<Record<string, string | null>>;
}

/** A strict little SMTP server (RFC 5321): it refuses what it doesn't know and what comes out of turn. */
export async function smtpServer({ answers = {} }: SmtpOptions = {}) {
  const mails: Mail[] = [];
  const commands: string[] = [];
  const server = await rawServer((socket) => talk(socket, mails, commands, answers));
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { port: server.port, mails, commands };
}

function talk(socket: Socket, mails: Mail[], commands: string[], answers: NonNullable<SmtpOptions['answers']>): void {
  let buffer = '';
  let greeted = false;
  let from: string | null = null;
  let to: string[] = [];
  let auth: string | null = null;
  let inData = false;
  const say = (key: string, usual: string): void => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : usual;
    if (answer !== null && answer !== undefined) socket.write(`${answer}\r\n`);
  };
  const command = (line: string): void => {
    commands.push(line);
    const [verb = ''] = line.toUpperCase().split(' ');
    if (/[^\x20-\x7e]/.test(line)) return say('bad', '500 not printable');
    if (verb === 'EHLO' && /^EHLO \S+$/i.test(line)) {
      greeted = true;
      return say(verb, '250-test.example\r\n250-AUTH PLAIN\r\n250 8BITMIME');
    }
    if (verb === 'QUIT') {
      say(verb, '221 bye');
      return void socket.end();
    }
    if (!greeted) return say('bad', '503 EHLO first');
    if (verb === 'AUTH' && /^AUTH PLAIN \S+$/i.test(line)) {
      auth = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
      return say(verb, '235 welcome');
    }
    const sender = /^MAIL FROM:<([^<>\s]+)>(?: (?:BODY=8BITMIME|SIZE=\d+))*$/i.exec(line)?.[1];
    if (sender !== undefined && from === null) {
      from = sender;
      return say(verb, '250 sender ok');
    }
    const recipient = /^RCPT TO:<([^<>\s]+)>$/i.exec(line)?.[1];
    if (recipient !== undefined && from !== null) {
      to.push(recipient);
      return say(verb, '250 recipient ok');
    }
    if (line.toUpperCase() === 'DATA' && to.length > 0) {
      inData = true;
      return say(verb, '354 go on');
    }
    say('bad', '502 not known here');
  };
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end === -1) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (inData ? 5 : 2));
      if (!inData) command(text);
      else {
        inData = false;
        mails.push({ from: from ?? '', to, data: text, auth });
        from = null;
        to = [];
        say('.', '250 taken');
      }
    }
  });
  say('connect', '220 test.example ESMTP');
}
