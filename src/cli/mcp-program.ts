import { Option, type Command } from 'commander';
import type { CommandName } from './program.ts';

type Bind = (name: CommandName, command: Command) => Command;

/** The commands that let other agents use this Holdfast. */
export function addMcpCommands(program: Command, bind: Bind): void {
  const mcp = bind(
    'mcp',
    program.command('mcp').description('serve MCP to another agent: live context, no credentials, and plans that wait'),
  )
    .addOption(new Option('--transport <kind>', 'how').choices(['stdio', 'http']).default('stdio'))
    .option('--listen <address>', 'with http: 127.0.0.1:39393, or what mcp.listen of the configuration says');
  const token = bind('mcp token', mcp.command('token').description('print the token that HTTP clients need'));
  bind('mcp token rotate', token.command('rotate').description('make a new token; the old one opens nothing any more'));
}
