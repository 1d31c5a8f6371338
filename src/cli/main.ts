#!/usr/bin/env node
/**
 * `npx tribroker`: data on stdout, everything else on stderr; exit code 0, or 2 for what was asked wrongly.
 */
import { parseCommand } from './options.js';
import { serve, type Terminal } from './serve.js';
import { HELP, UsageError, VERSION } from './usage.js';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  onSignal: (name, fn) => void process.on(name, fn),
  exit: (code) => process.exit(code),
};

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      return terminal.out(HELP);
    case 'version':
      return terminal.out(`${VERSION}\n`);
    case 'serve':
      await serve(command, terminal);
      return;
    default:
      command satisfies never;
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  terminal.err(`tribroker: ${error.message}\n`);
  terminal.exit(2);
});
