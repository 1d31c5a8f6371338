/**
 * SLOWLOG.
 *
 * Not done: real time, of which `slowlog.ts` says why; a command that blocks is not shown when it is answered.
 *
 * @see https://redis.io/docs/latest/commands/slowlog/
 */
import { RedisError } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { array, bulk, bulks, integer, OK } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';

const SHOWN = 10;

function get(client: Session, args: readonly string[]): string {
  const count = args[2] === undefined ? SHOWN : strictInteger(args[2]);
  if (args.length > 3) throw wrongForm(args);
  if (count === undefined || count < -1) throw new RedisError('ERR count should be greater than or equal to -1');
  const found = client.door.slowlog.newest(count === -1 ? Infinity : count);
  return array(
    found.map((one) =>
      array([
        integer(one.id),
        integer(one.atSeconds),
        integer(one.durationUs),
        bulks(one.args),
        bulk(one.address),
        bulk(one.clientName),
      ]),
    ),
  );
}

export const slowlogCommands: readonly Command[] = [
  command('slowlog -2', {
    subcommands: withHelp([
      command('slowlog|len 2 alt', (client) => integer(client.door.slowlog.length)),
      command('slowlog|get -2 alt', get),
      command('slowlog|reset 2 alt', (client) => {
        client.door.slowlog.clear();
        return OK;
      }),
    ]),
  }),
];
