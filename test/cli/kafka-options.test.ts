import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/options.js';
import { UsageError } from '../../src/cli/usage.js';

const parse = (line: string) => parseCommand(line.split(' '));

describe('what the command line says about Kafka', () => {
  it('becomes options of the broker, and topics to make', () => {
    const line =
      '--topic orders:3 --topic mail --kafka-config num.partitions=2 --kafka-config listeners=a=b --kafka-data-dir /var/k ' +
      '--kafka-user ann:pass:word --kafka-user bob: --kafka-mechanism PLAIN --kafka-super-user User:ann ' +
      '--kafka-api-versions lean --kafka-auto-create immediate --kafka-rack r1 --kafka-rack r2';
    expect(parse(line)).toEqual({
      kind: 'serve',
      json: false,
      topics: [{ name: 'orders', partitions: 3 }, { name: 'mail' }],
      options: {
        kafka: {
          config: { 'num.partitions': '2', listeners: 'a=b' },
          dataDir: '/var/k',
          sasl: { users: { ann: 'pass:word', bob: '' }, mechanisms: ['PLAIN'] },
          authorizer: { superUsers: ['User:ann'] },
          apiVersions: 'lean',
          autoCreate: 'immediate',
          racks: ['r1', 'r2'],
        },
      },
    });
  });

  it('a name is data', () => {
    const { options } = parse('--kafka-user __proto__:x') as { options: { kafka: { sasl: { users: object } } } };
    expect(Object.entries(options.kafka.sasl.users)).toEqual([['__proto__', 'x']]);
  });

  it('access control is on for whoever is named, or for what has a rule', () => {
    expect(parse('--kafka-allow-everyone-if-no-acl-found')).toMatchObject({
      options: { kafka: { authorizer: { allowEveryoneIfNoAclFound: true } } },
    });
    expect(parse('--kafka-super-user User:a --kafka-super-user User:b')).toMatchObject({
      options: { kafka: { authorizer: { superUsers: ['User:a', 'User:b'] } } },
    });
  });

  it.each([
    ['--kafka-config num.partitions', "--kafka-config is 'num.partitions'; give name=value"],
    ['--kafka-config =1', "--kafka-config is '=1'; give name=value"],
    ['--kafka-user ann', "--kafka-user is 'ann'; give name:password"],
    ['--kafka-mechanism plain', "--kafka-mechanism is 'plain'; give PLAIN or SCRAM-SHA-256 or SCRAM-SHA-512"],
    ['--kafka-mechanism PLAIN', '--kafka-mechanism says how users log in; name one with --kafka-user'],
    ['--kafka-api-versions old', "--kafka-api-versions is 'old'; give standard or lean"],
    ['--kafka-auto-create no', "--kafka-auto-create is 'no'; give kafka or immediate"],
    ['--topic orders:many', "--topic is 'orders:many'; give name or name:partitions"],
    ['--topic orders:0', "--topic is 'orders:0'; give name or name:partitions"],
    ['--topic :3', "--topic is ':3'; give name or name:partitions"],
    ['--topic a:1:2', "--topic is 'a:1:2'; give name or name:partitions"],
  ])('refuses %j', (line, message) => {
    expect(() => parse(line)).toThrow(new UsageError(message));
  });
});
