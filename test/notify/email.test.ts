import { describe, expect, it } from 'vitest';
import { emailNotifier } from '../../src/notify/email.ts';
import type { EmailConfig } from '../../src/notify-config.ts';
import { closedPort } from '../support/http/servers.ts';
import { aWorld, HOSTILE, never } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { smtpServer, type SmtpOptions } from '../support/notify/smtp-server.ts';
import { redactor } from '../support/sighting.ts';

const PASSWORD = 'correct-horse-battery';

async function mailbox(options: SmtpOptions = {}, edit: Partial<EmailConfig> = {}) {
  const server = await smtpServer(options);
  const config: EmailConfig = {
    host: '127.0.0.1',
    port: server.port,
    tls: 'none',
    from: 'holdfast@example.com',
    to: ['ops@example.com', 'night@example.com'],
    ...edit,
  };
  const world = aWorld({ env: { MAIL_USER: 'holdfast', MAIL_PASSWORD: PASSWORD } });
  return { ...server, world, notifier: emailNotifier(world, config) };
}

function headersOf(data: string): readonly string[] {
  const head = data.slice(0, data.indexOf('\r\n\r\n'));
  return head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
}

describe('e-mail', () => {
  it('is a plain text to everybody who is to have it', async () => {
    const { mails, notifier } = await mailbox();
    await notifier.send(aNotification(), never);
    expect(mails).toMatchObject([
      { from: 'holdfast@example.com', to: ['ops@example.com', 'night@example.com'], auth: null },
    ]);
    const data = mails[0]?.data ?? '';
    expect(headersOf(data)).toEqual(
      expect.arrayContaining([
        'Subject: heartbeat: 1 new',
        'Auto-Submitted: auto-generated',
        expect.stringMatching(/^Content-Type: text\/plain/),
      ]),
    );
    expect(data).toContain('HIGH: /data is 91 % full');
  });

  it('signs in with what is in the environment', async () => {
    const { mails, notifier, world } = await mailbox({}, { userEnv: 'MAIL_USER', passwordEnv: 'MAIL_PASSWORD' });
    await notifier.send(aNotification(), never);
    expect(mails[0]?.auth).toBe(`\0holdfast\0${PASSWORD}`);
    expect(world.redactor.text(`it was ${PASSWORD}`)).not.toContain(PASSWORD);
  });

  it('has no header, no recipient and no second mail that a finding made up', async () => {
    const { mails, commands, notifier } = await mailbox();
    const texts = [...HOSTILE, 'x\r\nBcc: evil@example.com', 'x\r\n.\r\nMAIL FROM:<evil@example.com>', '.\r\n.'];
    for (const text of texts) {
      const words = redactor.text(text);
      await notifier.send(
        aNotification({ title: words, lines: [{ finding: null, severity: 'low', news: 'new', text: words }] }),
        never,
      );
    }
    expect(mails).toHaveLength(texts.length);
    for (const { data, to } of mails) {
      expect(to).toEqual(['ops@example.com', 'night@example.com']);
      expect(
        headersOf(data)
          .map((line) => line.split(':')[0])
          .toSorted(),
      ).toEqual(
        [
          'Auto-Submitted',
          'Content-Transfer-Encoding',
          'Content-Type',
          'Date',
          'From',
          'MIME-Version',
          'Message-ID',
          'Subject',
          'To',
        ].toSorted(),
      );
    }
    expect(commands.join('\n')).not.toContain('evil@');
  });

  it.each<[name: string, answers: NonNullable<SmtpOptions['answers']>, reason: RegExp]>([
    ['refuses the sender', { MAIL: '550 who are you' }, /EENVELOPE, answer 550/],
    ['refuses every recipient', { RCPT: '550 nobody here' }, /EENVELOPE, answer 550/],
    ['refuses the mail', { '.': '552 too much' }, /EMESSAGE, answer 552/],
    ['is busy', { connect: '421 later' }, /answer 421/],
  ])('is not delivered when the server %s', async (_name, answers, reason) => {
    const { notifier } = await mailbox({ answers });
    await expect(notifier.send(aNotification(), never)).rejects.toThrow(reason);
  });

  it('shows nothing of the password when it is refused', async () => {
    const answers = { AUTH: `535 no such user with ${PASSWORD}` };
    const { notifier } = await mailbox({ answers }, { userEnv: 'MAIL_USER', passwordEnv: 'MAIL_PASSWORD' });
    const error = await notifier.send(aNotification(), never).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/EAUTH, answer 535/);
    expect(String(error)).not.toContain(PASSWORD);
  });

  it('does not go out unencrypted when encryption was asked for', async () => {
    const { notifier, mails } = await mailbox({}, { tls: 'starttls' });
    await expect(notifier.send(aNotification(), never)).rejects.toThrow('did not take the mail');
    expect(mails).toEqual([]);
  });

  it('is stopped when the server is silent', async () => {
    const { notifier } = await mailbox({ answers: { connect: null } });
    await expect(notifier.send(aNotification(), AbortSignal.timeout(50))).rejects.toThrow('it was stopped');
  });

  it('says that nobody listens', async () => {
    const { notifier } = await mailbox({}, { port: await closedPort() });
    await expect(notifier.send(aNotification(), never)).rejects.toThrow('ECONNREFUSED');
  });
});
