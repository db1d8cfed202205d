// One beat: asks Holdfast the three questions of HEARTBEAT.md, one line for each, then HEARTBEAT_OK or what needs attention.
// Exit code 0: all is well. 1: something needs attention, or could not be looked at.
//
//   node beat.mjs                          starts `holdfast mcp` of this checkout
//   node beat.mjs -- <command...>          starts this instead
//   node beat.mjs --url http://127.0.0.1:39393/mcp     with the token in HOLDFAST_MCP_TOKEN
//   node beat.mjs --cursor nightly         counts what is new by a name of its own
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const QUESTIONS = [
  'are all production pods healthy?',
  'any cost anomalies since last check?',
  'any new public endpoints detected?',
];
/** A look at a large cluster takes its time. */
const PATIENCE = { timeout: 300_000 };

const { values, positionals } = parseArgs({
  options: { url: { type: 'string' }, cursor: { type: 'string', default: 'beat' } },
  allowPositionals: true,
});
const told = await beat();
const attention = told.filter(({ verdict }) => verdict !== 'ok');
const end = attention.length === 0 ? ['HEARTBEAT_OK'] : attention.flatMap(alertsOf);
process.stdout.write([...told.map(lineOf), ...end].map((line) => `${line}\n`).join(''));
process.exitCode = attention.length === 0 ? 0 : 1;

async function beat() {
  // Holdfast keeps a cursor for each client and question: the client's name is whose it is.
  const client = new Client({ name: `openclaw-heartbeat ${values.cursor}`, version: '1' });
  try {
    await client.connect(transport());
    const answers = [];
    for (const question of QUESTIONS) answers.push(await ask(client, question));
    return answers;
  } catch (error) {
    return QUESTIONS.map((question) => unknown(question, error));
  } finally {
    await client.close();
  }
}

async function ask(client, question) {
  try {
    const call = { name: 'holdfast_route_question', arguments: { question, since: true } };
    const { isError, content, structuredContent } = await client.callTool(call, PATIENCE);
    if (isError) return unknown(question, content[0]?.text);
    const { healthy, answer, findings } = structuredContent;
    // Null is "could not look", or looked at in part: never fine.
    const verdict = healthy === true ? 'ok' : healthy === false ? 'ALERT' : 'UNKNOWN';
    return { question, verdict, answer, findings };
  } catch (error) {
    return unknown(question, error);
  }
}

function unknown(question, error) {
  const why = error instanceof Error ? error.message : String(error);
  return { question, verdict: 'UNKNOWN', answer: `Holdfast could not be asked: ${why}`, findings: [] };
}

function transport() {
  if (values.url !== undefined)
    return new StreamableHTTPClientTransport(new URL(values.url), {
      requestInit: { headers: { Authorization: `Bearer ${process.env.HOLDFAST_MCP_TOKEN ?? ''}` } },
    });
  const own = [process.execPath, fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url)), 'mcp'];
  const [command, ...args] = positionals.length === 0 ? own : positionals;
  return new StdioClientTransport({ command, args, env: process.env, stderr: 'inherit' });
}

function lineOf({ verdict, question, answer }) {
  return `${verdict.padEnd(8)} ${question}${verdict === 'ok' ? ` ${plain(answer)}` : ''}`;
}

function alertsOf({ verdict, answer, findings }) {
  if (verdict === 'ALERT' && findings.length > 0)
    return findings.map(({ severity, title, name }) => plain(`ALERT ${severity}: ${title} (${name})`));
  return [plain(`${verdict} ${answer}`)];
}

/** One line, whatever a system calls itself. */
function plain(text) {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}
