import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/options.js';
import { UsageError } from '../../src/cli/usage.js';

const parse = (line: string) => parseCommand(line.split(' ').filter((word) => word !== ''));

describe('the command line', () => {
  it('serves by default', () => {
    expect(parse('')).toEqual({ kind: 'serve', options: {}, topics: [], json: false });
    expect(parse('serve')).toEqual(parse(''));
  });

  it('takes every option of serve', () => {
    const line =
      'serve --port 7900 --host ::1 --standard-ports --nodes 3 --first-node-id 0 --redis-version 7.0 --amqp-version=4 --json';
    expect(parse(line)).toEqual({
      kind: 'serve',
      json: true,
      topics: [],
      options: {
        port: 7_900,
        host: '::1',
        standardPorts: true,
        nodes: 3,
        firstNodeId: 0,
        redis: { version: '7.0' },
        amqp: { version: '4' },
      },
    });
  });

  it.each(['--help', '-h', 'serve --port 1 -h'])('helps with %s', (line) => {
    expect(parse(line)).toEqual({ kind: 'help' });
  });

  it('tells the version', () => {
    expect([parse('--version'), parse('-v')]).toEqual([{ kind: 'version' }, { kind: 'version' }]);
  });

  it.each([
    ['srve', "unknown command 'srve'; did you mean serve?"],
    ['frobnicate', "unknown command 'frobnicate'; see tribroker --help"],
    ['serve now', "'now' is not expected after serve"],
    ['--prot 1', "unknown option '--prot'; did you mean --port?"],
    ['--kafka-data x', "unknown option '--kafka-data'; did you mean --kafka-data-dir?"],
    ['--frobnicate', "unknown option '--frobnicate'; see tribroker --help"],
    ['-x', "unknown option '-x'; see tribroker --help"],
    ['--port 70000', "--port is '70000'; give a whole number from 0 to 65535"],
    ['--port -1', "Option '--port' argument is ambiguous"],
    ['--port 1e3', "--port is '1e3'"],
    ['--port', "Option '--port <value>' argument missing"],
    ['--json=yes', "Option '--json' does not take an argument"],
    ['--nodes 0', "--nodes is '0'; give a whole number from 1 to 64"],
    ['--redis-version 6', "--redis-version is '6'; give 7.0 or 7.2"],
    ['--amqp-version 5', "--amqp-version is '5'; give 3 or 4"],
  ])('refuses %j in one line', (line, message) => {
    const refused = () => parse(line);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow('\n');
  });
});
