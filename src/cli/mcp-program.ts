import { Argument, Option, type Command } from 'commander';
import { MCP_CLIENTS, MCP_CONFIG_KINDS } from '../domain/mcp-config.ts';
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
  addConfig(mcp, bind);
  const token = bind('mcp token', mcp.command('token').description('print the token that HTTP clients need'));
  bind('mcp token rotate', token.command('rotate').description('make a new token; the old one opens nothing any more'));
  addServersCommands(mcp, bind);
}

/** Other people's MCP servers: which of their tools are checks here. */
function addServersCommands(mcp: Command, bind: Bind): void {
  const servers = mcp
    .command('servers')
    .description("other people's MCP servers, and which of their tools are trusted");
  bind('mcp servers list', servers.command('list').description('the servers of the configuration; none is asked'));
  bind(
    'mcp servers show',
    servers
      .command('show')
      .description('ask a server what tools it has, and where they differ from what was trusted')
      .argument('<server>', 'its name in the configuration'),
  );
  bind(
    'mcp servers trust',
    servers
      .command('trust')
      .description(
        'call these tools as they are now, and only so; all that the configuration allows when none is named',
      )
      .argument('<server>', 'its name in the configuration')
      .argument('[tool...]', 'names of tools'),
  );
  bind(
    'mcp servers untrust',
    servers
      .command('untrust')
      .description('call these tools no longer; none of the server when none is named')
      .argument('<server>', 'its name in the configuration')
      .argument('[tool...]', 'names of tools'),
  );
}

function addConfig(mcp: Command, bind: Bind): void {
  const config = mcp
    .command('config')
    .description('print what registers this Holdfast in another agent, over the same --transport; it holds no token')
    .addArgument(new Argument('<client>', 'the agent').choices(MCP_CLIENTS))
    .addOption(new Option('--form <form>', 'a command to run, or lines for a file').choices(MCP_CONFIG_KINDS));
  bind('mcp config', config).hook('preAction', () => {
    // They are options of `mcp`, wherever they stand, and commander hands on a command's own alone.
    for (const name of ['transport', 'listen']) config.setOptionValue(name, mcp.getOptionValue(name));
  });
}
